//! One loop, with threads where there are some.

/// Maps in parallel with the feature `multicore`, and in turn without.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    #[cfg(feature = "multicore")]
    {
        use rayon::prelude::*;
        items.par_iter().map(f).collect()
    }
    #[cfg(not(feature = "multicore"))]
    {
        items.iter().map(f).collect()
    }
}
