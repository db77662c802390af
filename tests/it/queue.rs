//! The duty officer's queue as a hand and a screen reader meet it, on a server
//! where others work, too.

mod alerts;
mod drafts;
mod leases;
mod saved;
mod window;
