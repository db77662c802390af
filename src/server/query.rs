//! Parameters after the question mark, read strictly.

use super::refusal::Refused;

/// Decoded parameters in the order given.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, Refused> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Self(decoded.collect::<Result<_, Refused>>()?))
    }

    /// The value of a parameter that may stand once.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| &**value);
        let first = values.next();
        if values.next().is_some() {
            return Err(Refused::Malformed(format!("`{name}` is given more than once")));
        }
        Ok(first)
    }

    /// A whole number from 0 on, in plain digits.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>, Refused> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        let wrong = || Refused::Malformed(format!("`{name}` is not a whole number in range"));
        number.map(Some).ok_or_else(wrong)
    }
}

/// Undoes percent-encoding; `+` is a space.
fn decode(text: &str) -> Result<String, Refused> {
    let wrong = || Refused::Malformed("the query is not percent-encoded UTF-8".to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
                let (Some(high), Some(low)) = (digit(), digit()) else { return Err(wrong()) };
                (high * 16 + low) as u8
            }
            plain => plain,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_stand_once() {
        let query = Query::parse(Some("after=a%2Ed+1&limit=20&x")).ok().unwrap();
        assert_eq!(query.text("after"), Ok(Some("a.d 1")));
        assert_eq!(query.number("limit"), Ok(Some(20)));
        assert_eq!((query.text("x"), query.text("y")), (Ok(Some("")), Ok(None)));
        let twice = Query::parse(Some("limit=1&limit=2")).ok().unwrap();
        assert!(twice.number("limit").is_err());
        for text in ["limit=", "limit=-1", "limit=+1", "limit=1.0", "limit=99999999999"] {
            assert!(Query::parse(Some(text)).ok().unwrap().number("limit").is_err(), "{text}");
        }
        for text in ["after=%", "after=%4", "after=%zz", "after=%ff"] {
            assert!(Query::parse(Some(text)).is_err(), "{text}");
        }
    }
}
