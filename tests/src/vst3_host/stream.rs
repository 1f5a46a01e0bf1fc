use std::{cell::RefCell, ffi::c_void, slice};
use vst3::{Class, Steinberg::*};

/// The host's end of saving and loading: bytes in memory.
pub struct Stream(RefCell<Inner>);

struct Inner {
    bytes: Vec<u8>,
    pos: usize,
}

impl Stream {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(RefCell::new(Inner { bytes, pos: 0 }))
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().bytes.clone()
    }
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, wanted: int32, read: *mut int32) -> tresult {
        let mut inner = self.0.borrow_mut();
        let rest = &inner.bytes[inner.pos.min(inner.bytes.len())..];
        let count = rest.len().min(usize::try_from(wanted).unwrap_or(0));
        // SAFETY: the caller gives room for `wanted` bytes, and `read` may be null.
        unsafe {
            slice::from_raw_parts_mut(buffer.cast::<u8>(), count).copy_from_slice(&rest[..count]);
            if let Some(read) = read.as_mut() {
                *read = count as int32;
            }
        }
        inner.pos += count;
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, given: int32, written: *mut int32) -> tresult {
        let mut inner = self.0.borrow_mut();
        // SAFETY: the caller gives `given` bytes, and `written` may be null.
        unsafe {
            let count = usize::try_from(given).unwrap_or(0);
            let bytes = slice::from_raw_parts(buffer.cast::<u8>(), count);
            let pos = inner.pos;
            inner.bytes.truncate(pos);
            inner.bytes.extend_from_slice(bytes);
            inner.pos += count;
            if let Some(written) = written.as_mut() {
                *written = given;
            }
        }
        kResultOk
    }

    unsafe fn seek(&self, pos: int64, mode: int32, result: *mut int64) -> tresult {
        use IBStream_::IStreamSeekMode_::*;
        let mut inner = self.0.borrow_mut();
        let from = match mode as u32 {
            m if m == kIBSeekSet => 0,
            m if m == kIBSeekCur => inner.pos as i64,
            _ => inner.bytes.len() as i64,
        };
        inner.pos = usize::try_from(from + pos).unwrap_or(0);
        // SAFETY: `result` is null or valid.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = inner.pos as int64;
        }
        kResultOk
    }

    unsafe fn tell(&self, pos: *mut int64) -> tresult {
        // SAFETY: the caller gives a place to write to.
        unsafe { *pos = self.0.borrow().pos as int64 };
        kResultOk
    }
}
