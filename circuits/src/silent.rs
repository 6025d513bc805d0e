//! `Debug` that says what a value is, and nothing of what is in it.

/// Gives types a `Debug` of their names alone: what holds an amount prints none.
macro_rules! silent {
    ($($name:ident),* $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}

pub(crate) use silent;
