/// Why a WAV file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    #[error("disk: {0}")]
    Io(#[from] std::io::Error),
    #[error("not a readable WAV file: {0}")]
    Malformed(String),
    #[error(
        "a WAV file holds at most 4 GiB and this one would be larger; export a shorter range or a \
         lower sample rate"
    )]
    TooLarge,
    #[error("{given} channels were given where the file has {expected}, all of one length")]
    ChannelMismatch { given: usize, expected: usize },
    #[error("a WAV file needs 1 to 65535 channels and a rate above 0 Hz")]
    InvalidSpec,
}
