//! What may be told to a running wall.

use std::str::FromStr;
use std::sync::mpsc::{Receiver, SyncSender};

/// An order to the rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The next scene in its turn, now.
    Next,
    /// The one before.
    Back,
    /// A scene by its key, until [`Order::Go`].
    Show(String),
    /// What is shown stays, until [`Order::Go`].
    Stay,
    /// The rotation goes on.
    Go,
    /// What is shown, in one line of JSON.
    Status,
    /// Loses the graphics device.
    #[cfg(debug_assertions)]
    LoseDevice,
    /// Never gives a sign of life again.
    #[cfg(debug_assertions)]
    Hang,
}

/// Said of an order that is none.
pub(super) const ORDERS: &str = "say next, back, show KEY, stay, go or status";

impl FromStr for Order {
    type Err = &'static str;

    fn from_str(line: &str) -> Result<Self, &'static str> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match *words {
            ["next"] => Ok(Self::Next),
            ["back"] => Ok(Self::Back),
            ["show", key] => Ok(Self::Show(key.to_owned())),
            ["stay"] => Ok(Self::Stay),
            ["go"] => Ok(Self::Go),
            ["status"] => Ok(Self::Status),
            #[cfg(debug_assertions)]
            ["lose-device"] => Ok(Self::LoseDevice),
            #[cfg(debug_assertions)]
            ["hang"] => Ok(Self::Hang),
            _ => Err(ORDERS),
        }
    }
}

/// An order and who waits for what came of it, in one line.
#[derive(Debug)]
pub struct Ordered {
    pub order: Order,
    pub answer: SyncSender<String>,
}

/// Orders as they come.
pub type Orders = Receiver<Ordered>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_plain_words_and_a_wrong_one_is_told_which_there_are() {
        assert_eq!(" next\n".parse(), Ok(Order::Next));
        assert_eq!("show map".parse(), Ok(Order::Show("map".to_owned())));
        for wrong in ["", "show", "show a b", "nxt", "next now"] {
            assert_eq!(wrong.parse::<Order>(), Err(ORDERS), "{wrong}");
        }
    }
}
