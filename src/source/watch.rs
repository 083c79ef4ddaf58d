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

/// Figures of a scan that is under way. Numbers are for people: threads may be some steps ahead of them.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    phase: AtomicU8,
    total: AtomicU64,
    written: Written,
}

/// What threads write to while others ask whether to stop: it lies apart from what these read.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Written {
    done: AtomicU64,
    bytes: AtomicU64,
}

/// Steps of one thread that were not told yet: where threads write to the same place, each waits for the other.
#[derive(Debug, Default)]
pub struct Steps {
    count: u64,
    bytes: u64,
}

/// So many steps, or bytes, are told at a time.
const TOLD: (u64, u64) = (64, 1 << 20);

impl Steps {
    /// Adds some, and tells of all from time to time.
    pub fn add(&mut self, steps: u64, bytes: u64, watch: &Watch) {
        self.count += steps;
        self.bytes += bytes;
        if self.count >= TOLD.0 || self.bytes >= TOLD.1 {
            self.tell(watch);
        }
    }

    /// Tells of all.
    pub fn tell(&mut self, watch: &Watch) {
        let Self { count, bytes } = std::mem::take(self);
        watch.step(count, bytes);
    }
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
        self.written.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Notes that something was done.
    pub fn step(&self, steps: u64, bytes: u64) {
        self.written.done.fetch_add(steps, Ordering::Relaxed);
        self.written.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How far it is.
    pub fn mark(&self) -> Mark {
        let phase = usize::from(self.phase.load(Ordering::Relaxed));
        Mark {
            phase: PHASES.get(phase).copied().unwrap_or(Phase::Texts),
            done: self.written.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            bytes: self.written.bytes.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_steps_are_told_in_the_end() {
        let watch = Watch::default();
        watch.enter(Phase::Texts, 9);
        let mut steps = Steps::default();
        let told = |watch: &Watch| (watch.mark().done, watch.mark().bytes);
        steps.add(1, TOLD.1, &watch);
        assert_eq!(told(&watch), (1, TOLD.1));
        for _ in 0..TOLD.0 + 3 {
            steps.add(1, 2, &watch);
        }
        assert_eq!(told(&watch), (1 + TOLD.0, TOLD.1 + 2 * TOLD.0));
        steps.tell(&watch);
        assert_eq!(told(&watch), (TOLD.0 + 4, TOLD.1 + 2 * TOLD.0 + 6));
    }
}
