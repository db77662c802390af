//! What the field consists of: pure types and tables, no input or output.

mod keyed;

pub mod action;
pub mod block;
pub mod calendar;
pub mod catalogue;
pub mod command;
pub mod data_file;
pub mod event;
pub mod forms;
pub mod mask;
pub mod municipality;
pub mod name;
pub mod object_kind;
pub mod period;
pub mod phrase;
pub mod policy;
pub mod pressing;
pub mod quality;
pub mod regime;
pub mod role;
pub mod source;
pub mod standing;
pub mod status;
pub mod stem;
pub mod topic;

pub use action::Action;
pub use block::Block;
pub use calendar::WorkCalendar;
pub use catalogue::{Catalogue, Parts};
pub use command::CommandKind;
pub use data_file::{DataError, DataFile};
pub use event::EventKind;
pub use municipality::{CoordQuality, Municipality, MunicipalityKind, Oktmo, Settlement};
pub use name::{Language, Name};
pub use object_kind::ObjectKind;
pub use period::{LOCAL_OFFSET_SECS, LocalDay, Period, TimeError, Timestamp};
pub use policy::{Policies, Policy};
pub use pressing::Pressing;
pub use regime::Regime;
pub use role::{Role, RoleRights, ViewRight};
pub use source::Source;
pub use standing::Standing;
pub use status::{IllegalMove, Status, legal_moves, next_status, status_of_log};
pub use topic::{Taxonomy, Topic, TopicLevel};
