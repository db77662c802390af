//! Server ids as 64-bit keys.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// The key under which a server's id stands in indexes. It is kept on disk, so
/// it never changes. Whoever looks up by it compares the id itself as well.
///
/// FNV-1a over the bytes (Fowler, Noll, Vo), its bits then mixed by the
/// finaliser of `MurmurHash3`, because ids that count up differ in few bits.
pub(super) fn id_hash(id: &str) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in id.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (hash ^ (hash >> 33)) as i64
}

/// Lets SQL say `id_hash(id)`.
pub(super) fn teach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("id_hash", 1, flags, |call| {
        Ok(call.get_raw(0).as_str().map(id_hash).ok())
    })
}

/// Passes keys that are hashes already through a map unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IsHashed(u64);

impl std::hash::Hasher for IsHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_i64(&mut self, hash: i64) {
        self.0 = hash as u64;
    }
}

/// A map by [`id_hash`].
pub(super) type ByIdHash<V> =
    std::collections::HashMap<i64, V, std::hash::BuildHasherDefault<IsHashed>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_on_disk_stays_what_it_was() {
        // By an independent implementation.
        assert_eq!(id_hash(""), -1_166_397_803_181_037_274);
        assert_eq!(id_hash("i-1"), -8_183_748_020_993_336_893);
        assert_eq!(id_hash("заявка-7"), 5_475_583_043_983_158_137);
    }

    #[test]
    fn ids_that_count_up_do_not_collide_and_spread_over_the_high_bits() {
        let mut seen = std::collections::HashSet::new();
        let mut tops = [0_u32; 128];
        for n in 0..100_000 {
            let hash = id_hash(&format!("i-{n}"));
            assert!(seen.insert(hash));
            tops[(hash as u64 >> 57) as usize] += 1;
        }
        assert!(tops.iter().all(|n| (600..1000).contains(n)), "{tops:?}");
    }
}
