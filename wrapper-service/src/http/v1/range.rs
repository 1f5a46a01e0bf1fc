use std::ops::Range;

/// What a `Range` header asks of a file of `bytes` bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    Whole,
    Part(Range<u64>),
    /// Wholly outside of the file.
    Unsatisfiable,
}

/// Reads a `Range` header. One range is served; several, other units and nonsense are ignored, as RFC
/// 9110 allows.
pub fn asked(header: Option<&str>, bytes: u64) -> Asked {
    let spec = header.and_then(|h| h.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|s| s.split_once('-')) else {
        return Asked::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let range = if first.is_empty() {
        last.parse::<u64>()
            .map(|suffix| bytes.saturating_sub(suffix)..bytes)
    } else {
        first.parse::<u64>().and_then(|first| match last {
            "" => Ok(first..bytes),
            last => last.parse::<u64>().map(|l| first..l.saturating_add(1)),
        })
    };
    match range {
        Err(_) => Asked::Whole,
        Ok(r) if r.start >= bytes => Asked::Unsatisfiable,
        // "5-2" is nonsense, not an empty part.
        Ok(r) if r.end <= r.start => Asked::Whole,
        Ok(r) => Asked::Part(r.start..r.end.min(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (header, expected) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=5-", Asked::Part(5..10)),
            ("bytes=-4", Asked::Part(6..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,4-5", Asked::Whole),
            ("frames=0-1", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
        ] {
            assert_eq!(asked(Some(header), 10), expected, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
    }
}
