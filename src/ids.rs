//! Revision ids, request ids and whatever else AWS draws at random: from a seed where a test gave one.

use std::sync::{Mutex, PoisonError};

/// A source of ids. The same seed gives the same ids in the same order.
#[derive(Debug)]
pub struct Ids(Mutex<fastrand::Rng>);

impl Ids {
    /// Ids from `seed`, or from the system's randomness without one.
    #[must_use]
    pub fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)))
    }

    /// Another source, with a seed of its own that comes from this one: what is drawn there shifts nothing here.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).fork()))
    }

    /// Another source: with a seed, one that gives the same ids as this one from here on.
    #[must_use]
    pub fn twin(&self, seeded: bool) -> Self {
        let rng =
            if seeded { self.0.lock().unwrap_or_else(PoisonError::into_inner).clone() } else { fastrand::Rng::new() };
        Self(Mutex::new(rng))
    }

    /// Draws other ids from here on, which depend on those that would have come and on `salt` alone.
    pub fn stir(&self, salt: u64) {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seed = rng.u64(..) ^ salt;
        rng.seed(seed);
    }

    /// A random UUID in lower case, e.g. `8f7b4a5e-93b6-4a7c-9d5f-0d8c1b2a3e4f` (rules P7, W1).
    #[must_use]
    pub fn uuid(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).u128(..).to_be_bytes();
        uuid_of(bytes)
    }

    /// A random number from 0 to 1, without 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }

    /// This many random letters and digits, as S3's versions and uploads are named.
    #[must_use]
    pub fn letters(&self, count: usize) -> String {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (0..count).map(|_| rng.alphanumeric()).collect()
    }
}

/// The UUID of these bytes, in the form of a random one: the same for the same bytes.
#[must_use]
pub fn uuid_of(bytes: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (one, two) = (Ids::new(Some(7)), Ids::new(Some(7)));
        assert_eq!([one.uuid(), one.uuid()], [two.uuid(), two.uuid()]);
        assert_ne!(one.uuid(), Ids::new(Some(8)).uuid());
    }

    #[test]
    fn what_a_fork_gives_is_repeatable_and_shifts_nothing() {
        let (one, two) = (Ids::new(Some(7)), Ids::new(Some(7)));
        let (fork, idle) = (one.fork(), two.fork());
        let drawn = [fork.uuid(), fork.uuid()];
        let own = [one.uuid(), one.uuid()];
        assert_eq!(own, [two.uuid(), two.uuid()]);
        assert_eq!(drawn, [idle.uuid(), idle.uuid()]);
        assert!(own.iter().all(|id| !drawn.contains(id)));
    }

    #[test]
    fn stirred_ids_are_others_and_repeatable() {
        let drawn = |salt| {
            let ids = Ids::new(Some(7));
            ids.stir(salt);
            [ids.uuid(), ids.uuid()]
        };
        assert_eq!(drawn(1), drawn(1));
        let plain = Ids::new(Some(7));
        let plain = [plain.uuid(), plain.uuid(), plain.uuid()];
        assert!(drawn(1).iter().all(|id| !drawn(2).contains(id) && !plain.contains(id)));
    }

    #[test]
    fn an_id_is_a_version_four_uuid() {
        let id = Ids::new(None).uuid();
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'));
    }
}
