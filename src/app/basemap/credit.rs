//! Whom an archive names as its source: plain words out of HTML.

use serde::Deserialize;

use crate::domain::name::is_unseen;

/// Longest credit, in characters: it stands in one or two lines.
const MOST_CHARS: usize = 240;

/// Characters of HTML that are looked at.
const MOST_HTML: usize = 4_000;

/// Bytes of the longest entity that is known, with its `;`.
const MOST_ENTITY: usize = 10;

/// Tags between which words are apart.
const APART: [&str; 4] = ["br", "p", "li", "div"];

/// Part of an archive's metadata.
#[derive(Deserialize)]
struct Metadata {
    attribution: Option<String>,
}

/// The credit of an archive, from its metadata in JSON; `None` where it names nobody.
pub(super) fn of_metadata(json: &[u8]) -> Option<String> {
    let metadata: Metadata = serde_json::from_slice(json).ok()?;
    Some(plain(&metadata.attribution?)).filter(|credit| !credit.is_empty())
}

/// Words without tags, with their entities as characters.
fn plain(html: &str) -> String {
    let mut words = String::new();
    let end = html.char_indices().nth(MOST_HTML).map_or(html.len(), |(at, _)| at);
    let mut rest = &html[..end];
    while let Some(at) = rest.find(['<', '&']) {
        words.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = tag_end(rest) {
            if is_apart(&rest[..end]) {
                words.push(' ');
            }
            rest = &rest[end..];
        } else if let Some((character, length)) = entity(rest) {
            words.push(character);
            rest = &rest[length..];
        } else {
            // It means itself.
            words.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    words.push_str(rest);
    let seen = words.chars().filter(|c| !is_unseen(*c));
    let spaced: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let one_line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().nth(MOST_CHARS).is_none() {
        return one_line;
    }
    let cut: String = one_line.chars().take(MOST_CHARS - 1).collect();
    format!("{cut}…")
}

/// True of a tag that parts the words around it.
fn is_apart(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    APART.iter().any(|apart| apart.eq_ignore_ascii_case(name))
}

/// Bytes of the tag that `html` begins with.
fn tag_end(html: &str) -> Option<usize> {
    let inside = html.strip_prefix('<')?;
    inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')).then_some(())?;
    html.find('>').map(|at| at + 1)
}

/// The character that `html` begins with, and its bytes.
fn entity(html: &str) -> Option<(char, usize)> {
    let end = html.bytes().take(MOST_ENTITY).position(|byte| byte == b';')?;
    let name = html[..end].strip_prefix('&')?;
    let character = match name {
        "copy" => '©',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((character, name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_plain_words() {
        let html = "<a href=\"https://protomaps.com\">Protomaps</a> &copy;\n<a href='x'>OpenStreetMap</a> \
                    &#169;&#xA9; A&amp;B <b>x</b> 1 < 2 & 3 &weird;";
        assert_eq!(plain(html), "Protomaps © OpenStreetMap ©© A&B x 1 < 2 & 3 &weird;");
        assert_eq!(plain("a<script"), "a<script");
        let long = plain(&"я".repeat(999));
        assert_eq!(long.chars().count(), MOST_CHARS);
        assert!(long.ends_with("я…"));
        assert_eq!(plain(&"я".repeat(MOST_CHARS)), "я".repeat(MOST_CHARS));
    }

    #[test]
    fn lines_of_html_are_apart_and_what_cannot_be_seen_is_left_out() {
        assert_eq!(plain("A<br>B<BR/>C<p class=x>D</p>E<li>F<div>G<b>H</b>"), "A B C D E F GH");
        assert_eq!(plain("A\u{200b}B\u{202e}C\u{2066}D\u{feff}E&#x200f;F"), "ABCDEF");
        assert_eq!(plain("&#x10FFFD;&#x0010FFFD;"), "\u{10fffd}&#x0010FFFD;");
    }

    #[test]
    fn hostile_html_is_read_in_no_time() {
        let begun = std::time::Instant::now();
        for bait in ["&", "<a", "&я"] {
            plain(&bait.repeat(8 << 20));
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn metadata_may_name_nobody() {
        let of = |json: &str| of_metadata(json.as_bytes());
        assert_eq!(of(r#"{"attribution": "© A", "name": "b"}"#).as_deref(), Some("© A"));
        for json in [
            "",
            "{}",
            "[]",
            r#"{"attribution": null}"#,
            r#"{"attribution": "<br> "}"#,
            "{\"attribution\": \"\\u200b\\ufeff\"}",
        ] {
            assert_eq!(of(json), None, "{json}");
        }
    }
}
