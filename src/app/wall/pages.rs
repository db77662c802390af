//! Pages of memory of a program that runs for months.

/// Has memory that is given back stay given back. The kernel joins the pages of a program
/// into huge ones as time goes by, with the holes between them, and the program grows
/// although it keeps no more than before.
///
/// For the whole process; where the kernel is another or refuses, nothing is lost but that.
pub fn keep_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::warn!(%error, "the kernel joins pages of memory into huge ones");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn no_page_becomes_a_huge_one() {
        assert!(!rustix::thread::transparent_huge_pages_are_disabled().unwrap());
        super::keep_small();
        assert!(rustix::thread::transparent_huge_pages_are_disabled().unwrap());
    }
}
