//! Why a synchronisation did not come to its end.

use super::api::ApiError;
use crate::store;

/// What stopped a synchronisation.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Reading anew ends with the removal of what did not come again, so it is
    /// not believed when too little came.
    #[error("the server announced {announced} objects and gave {given}; nothing was removed here")]
    Shrunk { announced: u64, given: u64 },
    #[error("no thread for the synchronisation could be started: {0}")]
    NoThread(#[source] std::io::Error),
}

impl Failure {
    /// Stable name, for texts and counters.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Api(error) => error.key(),
            Self::Store(store::Error::OtherInstance { .. }) => "other-instance",
            Self::Store(store::Error::DemoMixed) => "demo-mixed",
            Self::Store(store::Error::DiskFull) => "disk-full",
            Self::Store(store::Error::ReadOnly) => "read-only",
            Self::Store(_) => "store",
            Self::Shrunk { .. } => "shrunk",
            Self::NoThread(_) => "no-thread",
        }
    }

    /// True where trying again cannot help before somebody changes something.
    pub const fn is_permanent(&self) -> bool {
        match self {
            Self::Api(error) => error.is_permanent(),
            Self::Store(error) => {
                matches!(error, store::Error::OtherInstance { .. } | store::Error::DemoMixed)
            }
            Self::Shrunk { .. } => false,
            Self::NoThread(_) => true,
        }
    }

    /// How long the server asked us to stay away.
    pub const fn retry_after_secs(&self) -> Option<u32> {
        match self {
            Self::Api(error) => error.retry_after_secs(),
            _ => None,
        }
    }
}
