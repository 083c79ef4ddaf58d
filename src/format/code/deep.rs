//! Brackets in which others nest too deep.

use super::fold::DEEPEST;
use super::token::{Kind, Token};

/// For each opening bracket whether more than [`DEEPEST`] stand in each other inside of it; empty where none is such.
pub(super) fn deep(tokens: &[Token], closers: &[u32]) -> Vec<bool> {
    let mut most = 0;
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open(_) => {
                depth += 1;
                most = most.max(depth);
            }
            Kind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if most <= DEEPEST {
        return found;
    }
    let mut open: Vec<(usize, usize)> = Vec::new();
    let leave = |open: &mut Vec<(usize, usize)>, found: &mut Vec<bool>| {
        let Some((at, height)) = open.pop() else {
            return;
        };
        if height > DEEPEST {
            found.resize(tokens.len(), false);
            found[at] = true;
        }
        if let Some((_, outer)) = open.last_mut() {
            *outer = (*outer).max(height + 1);
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open(_) => open.push((at, 0)),
            Kind::Close(_) => {
                while open
                    .last()
                    .is_some_and(|&(inner, _)| closers[inner] as usize <= at)
                {
                    leave(&mut open, &mut found);
                }
            }
            _ => {}
        }
    }
    while !open.is_empty() {
        leave(&mut open, &mut found);
    }
    found
}
