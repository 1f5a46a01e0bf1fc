mod host_capture;
mod host_state;
mod host_support;
