//! What comments are: pure values and rules, `std` only. Nothing here fails on odd data.

pub mod address;
pub mod author;
pub mod body;
pub mod comment;
pub mod decimal;
pub mod entity;
pub mod language;
pub mod letters;
pub mod markdown;
pub mod marking;
pub mod markup;
pub mod offers;
pub mod order;
pub mod outbox;
pub mod palette;
pub mod permalink;
pub mod place;
pub mod rating;
pub mod said;
pub mod thread;
pub mod time;
pub mod token;
pub mod trouble;
pub mod vote;
