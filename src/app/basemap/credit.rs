//! Whom an archive names as its source: plain words out of HTML.

use serde::Deserialize;

/// Longest credit, in characters: it stands in one or two lines.
const MOST_CHARS: usize = 240;

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
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        words.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = tag_end(rest) {
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
    let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let one_line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(MOST_CHARS).collect()
}

/// Bytes of the tag that `html` begins with.
fn tag_end(html: &str) -> Option<usize> {
    let inside = html.strip_prefix('<')?;
    inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')).then_some(())?;
    html.find('>').map(|at| at + 1)
}

/// The character that `html` begins with, and its bytes.
fn entity(html: &str) -> Option<(char, usize)> {
    let (name, _) = html.strip_prefix('&')?.split_once(';')?;
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
        assert_eq!(plain(&"я".repeat(999)).chars().count(), MOST_CHARS);
    }

    #[test]
    fn metadata_may_name_nobody() {
        let of = |json: &str| of_metadata(json.as_bytes());
        assert_eq!(of(r#"{"attribution": "© A", "name": "b"}"#).as_deref(), Some("© A"));
        for json in ["", "{}", "[]", r#"{"attribution": null}"#, r#"{"attribution": "<br> "}"#] {
            assert_eq!(of(json), None, "{json}");
        }
    }
}
