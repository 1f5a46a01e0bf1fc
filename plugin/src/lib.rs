//! Sideman, the plugin: listens to the song, has a stem played along with it, and hands it to the DAW.
//!
//! Rooms: [`capture`] and [`audition`] have an audio-thread half each; [`session`] decides; [`client`]
//! talks to the wrapper-service; [`editor`] draws.

pub mod audition;
pub mod capture;
pub mod client;
pub mod editor;
pub mod session;
pub mod song_clock;
mod threads;
