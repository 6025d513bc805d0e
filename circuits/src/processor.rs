//! Whether this processor can run what was built.
//!
//! With the feature `asm` the field arithmetic uses BMI2 and ADX and does not check for them:
//! on an older processor it would die of an illegal instruction. The binaries check first.

/// The processor lacks an instruction set that this build uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this processor has no BMI2 and ADX instructions, which this build uses; build with --no-default-features --features multicore (plimsoll-verify: multicore,cli)"
)]
pub struct Unsupported;

/// Checks the processor.
///
/// # Errors
/// Where this build uses instructions that the processor lacks.
pub fn check() -> Result<(), Unsupported> {
    #[cfg(all(feature = "asm", target_arch = "x86_64"))]
    if !(std::arch::is_x86_feature_detected!("bmi2") && std::arch::is_x86_feature_detected!("adx"))
    {
        return Err(Unsupported);
    }
    Ok(())
}
