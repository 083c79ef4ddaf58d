//! How far a scan is, and whether it is to end early. Shared by the threads of a scan and whoever watches it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// What a scan is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Opening what is to be scanned.
    Opening,
    /// Reading commits, to see what leads to what.
    Commits,
    /// Reading trees, to see which file stood where.
    Trees,
    /// Looking at texts.
    Texts,
}

const PHASES: [Phase; 4] = [Phase::Opening, Phase::Commits, Phase::Trees, Phase::Texts];

/// Figures of a scan that is under way. Numbers are for people: threads may be a few steps ahead of them.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    phase: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    bytes: AtomicU64,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it is doing.
    pub phase: Phase,
    /// Commits, trees or texts done in this phase.
    pub done: u64,
    /// How many there are; 0 where that is not known.
    pub total: u64,
    /// Bytes looked at in all.
    pub bytes: u64,
}

impl Watch {
    /// Asks the scan to end as soon as it can, with what it has.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it is to end.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Begins a phase with `total` steps (0: not known).
    pub fn enter(&self, phase: Phase, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Notes that something was done.
    pub fn step(&self, steps: u64, bytes: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How far it is.
    pub fn mark(&self) -> Mark {
        let phase = usize::from(self.phase.load(Ordering::Relaxed));
        Mark {
            phase: PHASES.get(phase).copied().unwrap_or(Phase::Texts),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
