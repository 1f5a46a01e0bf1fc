use super::{AuditionVoice, ClipSet, SongPlace};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;

/// Sets on their way to the voice. More can only queue up while the host does not process.
const QUEUE_LEN: usize = 4;

/// At least all sets that can be under way at once: queued, in the voice's slots, and one to spare.
const RETURN_LEN: usize = QUEUE_LEN + AuditionVoice::SLOTS + 1;

/// Makes a voice and the handle that feeds it.
pub fn pair() -> (AuditionVoice, AuditionHandle) {
    let (to_voice, from_handle) = RingBuffer::new(QUEUE_LEN);
    let (to_handle, returned) = RingBuffer::new(RETURN_LEN);
    let inner = Inner {
        to_voice,
        returned,
        waiting: None,
    };
    let handle = AuditionHandle {
        inner: Arc::new(Mutex::new(inner)),
        place: Arc::default(),
    };
    let place = Arc::clone(&handle.place);
    (AuditionVoice::new(from_handle, to_handle, place), handle)
}

/// Says what the voice plays, from any thread but the audio thread. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AuditionHandle {
    inner: Arc<Mutex<Inner>>,
    place: Arc<SongPlace>,
}

#[derive(Debug)]
struct Inner {
    to_voice: Producer<Box<ClipSet>>,
    returned: Consumer<Box<ClipSet>>,
    /// The newest set while the queue is full: the host does not process.
    waiting: Option<Box<ClipSet>>,
}

impl AuditionHandle {
    /// Replaces all that sounds; the last call wins. The old set is freed here or in [`Self::tick`],
    /// never on the audio thread.
    pub fn set(&self, clips: ClipSet) {
        let mut inner = self.inner.lock();
        inner.waiting = Some(Box::new(clips));
        inner.tick();
    }

    /// Where the song is now.
    pub fn place(&self) -> &Arc<SongPlace> {
        &self.place
    }

    /// Frees what the voice has handed back and delivers a set that found the queue full. To be called
    /// a few times a second.
    pub fn tick(&self) {
        self.inner.lock().tick();
    }
}

impl Inner {
    fn tick(&mut self) {
        while self.returned.pop().is_ok() {}
        if self.to_voice.is_full() {
            return;
        }
        if let Some(set) = self.waiting.take() {
            // Cannot fail: this is the only producer and there was room.
            let _ = self.to_voice.push(set);
        }
    }
}
