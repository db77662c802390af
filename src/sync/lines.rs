//! Newline-delimited pages, read with limits on everything a server controls.

use std::ops::Range;

/// Longest line that any server may announce in its limits.
pub const LINE_BYTES_CAP: usize = 4 << 20;

/// Bounds of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLimits {
    /// A longer line is stepped over without keeping it.
    pub line_bytes: usize,
    /// Decoded bytes kept in memory.
    pub kept_bytes: usize,
    /// Decoded bytes in all, with what was stepped over: a single line of a
    /// gigabyte passes, an endless one does not.
    pub decoded_bytes: u64,
    /// Lines, blank ones included.
    pub lines: usize,
}

impl LineLimits {
    /// The usual bounds with the longest line that the server announced.
    pub fn with_line_bytes(line_bytes: usize) -> Self {
        Self {
            line_bytes: line_bytes.clamp(1 << 10, LINE_BYTES_CAP),
            kept_bytes: 256 << 20,
            decoded_bytes: 1536 << 20,
            lines: 1_000_000,
        }
    }
}

/// Why a page was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("a web page came instead of lines")]
    WebPage,
    #[error("the page decodes to more than {limit_mb} MB")]
    TooLarge { limit_mb: u32 },
}

/// One line of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Text(&'a str),
    NotUtf8,
    /// Longer than allowed; its content was not kept.
    TooLong,
}

/// Complete lines of one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    bytes: Vec<u8>,
    /// End of each line in `bytes`; they follow each other without newlines.
    ends: Vec<u32>,
    /// Indices of lines that were stepped over, ascending.
    too_long: Vec<u32>,
    /// True where the answer broke off: what stood after the last newline is gone.
    pub cut: bool,
}

impl Page {
    /// The lines that are not blank, with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (u32, Line<'_>)> {
        (0..self.ends.len())
            .filter_map(|index| self.line(index).map(|line| (index as u32 + 1, line)))
    }

    /// The last line that is not blank.
    pub fn last_line(&self) -> Option<Line<'_>> {
        (0..self.ends.len()).rev().find_map(|index| self.line(index))
    }

    /// Decoded bytes that were kept.
    pub fn kept_bytes(&self) -> usize {
        self.bytes.len()
    }

    fn line(&self, index: usize) -> Option<Line<'_>> {
        if self.too_long.binary_search(&(index as u32)).is_ok() {
            return Some(Line::TooLong);
        }
        let bytes = self.bytes.get(self.range(index))?.trim_ascii();
        if bytes.is_empty() {
            return None;
        }
        Some(simdutf8::basic::from_utf8(bytes).map_or(Line::NotUtf8, Line::Text))
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        start..self.ends[index] as usize
    }
}

/// Cuts a stream of bytes into the lines of a [`Page`].
#[derive(Debug)]
pub struct LineSplitter {
    limits: LineLimits,
    page: Page,
    /// Where the line that is being read begins in `page.bytes`.
    start: usize,
    /// The line that is being read is too long already.
    skipping: bool,
    decoded_bytes: u64,
    /// Something other than white space came.
    begun: bool,
}

impl LineSplitter {
    pub fn new(limits: LineLimits) -> Self {
        Self {
            limits,
            page: Page::default(),
            start: 0,
            skipping: false,
            decoded_bytes: 0,
            begun: false,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, mut chunk: &[u8]) -> Result<(), LineError> {
        self.decoded_bytes += chunk.len() as u64;
        if self.decoded_bytes > self.limits.decoded_bytes {
            return Err(too_large(self.limits.decoded_bytes));
        }
        if !self.begun
            && let Some(first) = chunk.iter().find(|byte| !byte.is_ascii_whitespace())
        {
            self.begun = true;
            if *first == b'<' {
                return Err(LineError::WebPage);
            }
        }
        while let Some(at) = memchr::memchr(b'\n', chunk) {
            self.keep(&chunk[..at])?;
            self.end_line()?;
            chunk = &chunk[at + 1..];
        }
        self.keep(chunk)
    }

    /// The page, with a last line that has no newline.
    pub fn finish(mut self) -> Result<Page, LineError> {
        if self.skipping || self.page.bytes.len() > self.start {
            self.end_line()?;
        }
        Ok(self.page)
    }

    /// The page of an answer that broke off: its last line is not complete.
    pub fn finish_cut(mut self) -> Page {
        self.page.bytes.truncate(self.start);
        self.page.cut = true;
        self.page
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), LineError> {
        if self.skipping {
            return Ok(());
        }
        if self.page.bytes.len() - self.start + part.len() > self.limits.line_bytes {
            self.page.bytes.truncate(self.start);
            self.skipping = true;
            return Ok(());
        }
        if self.page.bytes.len() + part.len() > self.limits.kept_bytes {
            return Err(too_large(self.limits.kept_bytes as u64));
        }
        self.page.bytes.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), LineError> {
        if self.page.ends.len() >= self.limits.lines {
            return Err(too_large(self.limits.kept_bytes as u64));
        }
        if self.skipping {
            self.page.too_long.push(self.page.ends.len() as u32);
            self.skipping = false;
        }
        self.start = self.page.bytes.len();
        self.page.ends.push(self.start as u32);
        Ok(())
    }
}

fn too_large(limit_bytes: u64) -> LineError {
    LineError::TooLarge { limit_mb: (limit_bytes >> 20) as u32 }
}

/// Events that some bytes of a stream completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The head moved, or something that has no name here happened.
    pub head: bool,
    pub leases: bool,
}

/// Finds events in a stream of server-sent events. What their data says is not
/// looked at.
#[derive(Debug, Default)]
pub struct EventScanner {
    /// First bytes of the line that is being read.
    head: [u8; 16],
    line_bytes: usize,
    has_data: bool,
    is_leases: bool,
}

impl EventScanner {
    /// The events that were completed by these bytes.
    pub fn push(&mut self, chunk: &[u8]) -> Events {
        let mut events = Events::default();
        for &byte in chunk {
            match byte {
                b'\r' => {}
                b'\n' if self.line_bytes == 0 => {
                    let is_leases = std::mem::take(&mut self.is_leases);
                    if std::mem::take(&mut self.has_data) {
                        events.leases |= is_leases;
                        events.head |= !is_leases;
                    }
                }
                b'\n' => {
                    self.end_line();
                    self.line_bytes = 0;
                }
                _ => {
                    if let Some(place) = self.head.get_mut(self.line_bytes) {
                        *place = byte;
                    }
                    self.line_bytes = self.line_bytes.saturating_add(1);
                }
            }
        }
        events
    }

    fn end_line(&mut self) {
        let line = &self.head[..self.line_bytes.min(self.head.len())];
        self.has_data |= line.starts_with(b"data");
        if let Some(name) = line.strip_prefix(b"event:") {
            self.is_leases = name.trim_ascii() == b"leases";
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: LineLimits =
        LineLimits { line_bytes: 8, kept_bytes: 64, decoded_bytes: 256, lines: 16 };

    fn split(limits: LineLimits, chunks: &[&[u8]]) -> Result<Page, LineError> {
        let mut splitter = LineSplitter::new(limits);
        for chunk in chunks {
            splitter.push(chunk)?;
        }
        splitter.finish()
    }

    fn texts(page: &Page) -> Vec<(u32, Line<'_>)> {
        page.lines().collect()
    }

    #[test]
    fn lines_keep_their_numbers_across_chunks_blanks_and_endings() {
        let page = split(SMALL, &[b"a", b"b\r\n\n", b"\nc\n", b"d"]).unwrap();
        assert_eq!(
            texts(&page),
            [(1, Line::Text("ab")), (4, Line::Text("c")), (5, Line::Text("d"))]
        );
        assert!(!page.cut);
    }

    #[test]
    fn a_long_line_is_stepped_over_and_the_next_one_is_read() {
        let long = [b'x'; 40];
        let page = split(SMALL, &[b"ab\n", &long, &long, b"\ncd\n"]).unwrap();
        assert_eq!(
            texts(&page),
            [(1, Line::Text("ab")), (2, Line::TooLong), (3, Line::Text("cd"))]
        );
        assert_eq!(page.kept_bytes(), 4);
        let page = split(SMALL, &[b"ab\n", &long]).unwrap();
        assert_eq!(texts(&page)[1], (2, Line::TooLong));
    }

    #[test]
    fn a_page_has_an_end_whatever_it_is_made_of() {
        let endless = LineError::TooLarge { limit_mb: 0 };
        assert_eq!(split(SMALL, &[&[b'x'; 300]]), Err(endless));
        assert_eq!(split(SMALL, &[&b"1234567\n".repeat(12)]), Err(endless));
        assert_eq!(split(SMALL, &[&[b'\n'; 20]]), Err(endless));
    }

    #[test]
    fn bad_utf8_spoils_its_own_line_only() {
        let page = split(SMALL, &[b"a\n\xff\xfe\n\xd0\n\xd0\xb1\n"]).unwrap();
        let expected =
            [(1, Line::Text("a")), (2, Line::NotUtf8), (3, Line::NotUtf8), (4, Line::Text("б"))];
        assert_eq!(texts(&page), expected);
    }

    #[test]
    fn markup_is_no_page() {
        assert_eq!(split(SMALL, &[b" \n", b"\t<html>"]), Err(LineError::WebPage));
        assert!(split(SMALL, &[b"{<}\n"]).is_ok());
    }

    #[test]
    fn a_broken_off_page_loses_its_tail_only() {
        let mut splitter = LineSplitter::new(SMALL);
        splitter.push(b"ab\ncd\nef").unwrap();
        let page = splitter.finish_cut();
        assert!(page.cut);
        assert_eq!(texts(&page), [(1, Line::Text("ab")), (2, Line::Text("cd"))]);
    }

    #[test]
    fn events_are_found_and_comments_are_not_events() {
        let none = Events::default();
        let head = Events { head: true, leases: false };
        let leases = Events { head: false, leases: true };
        let mut scanner = EventScanner::default();
        assert_eq!(scanner.push(b": keep-alive\n\n"), none);
        assert_eq!(scanner.push(b"event: head\nda"), none);
        assert_eq!(scanner.push(b"ta: moved\n"), none);
        assert_eq!(scanner.push(b"\n"), head);
        assert_eq!(scanner.push(b"\n"), none);
        assert_eq!(scanner.push(b"data\r\n\r\n"), head);
        assert_eq!(scanner.push(b"event: leases\ndata: {}\n\n"), leases);
        assert_eq!(scanner.push(b"data: {}\n\n"), head, "a name is of one event");
        assert_eq!(scanner.push(b"event: leases-of-old\ndata: {}\n\n"), head);
        let both = Events { head: true, leases: true };
        assert_eq!(scanner.push(b"event:leases\ndata: {}\n\nevent: head\ndata: {}\n\n"), both);
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_into_chunks_changes_nothing(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..60),
            cuts in proptest::collection::vec(0usize..60, 0..6),
        ) {
            let whole = split(SMALL, &[&bytes]);
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|&cut| cut <= bytes.len()).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(split(SMALL, &parts), whole);
        }
    }
}
