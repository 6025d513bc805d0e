//! Fixed-point numbers of 200 fractional bits, and the functions of SA-CCR on them: nothing here is
//! shared with the twin.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

const BITS: u32 = 200;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Real(BigInt);

impl Real {
    pub(crate) fn whole(value: i64) -> Self {
        Self(BigInt::from(value) << BITS)
    }

    pub(crate) fn ratio(above: impl Into<BigInt>, below: impl Into<BigInt>) -> Self {
        Self((above.into() << BITS) / below.into())
    }

    pub(crate) fn zero() -> Self {
        Self(BigInt::zero())
    }

    pub(crate) fn to_ratio(&self) -> BigRational {
        BigRational::new(self.0.clone(), BigInt::from(1) << BITS)
    }

    pub(crate) fn from_ratio(value: &BigRational) -> Self {
        Self((value.numer() << BITS) / value.denom())
    }

    pub(crate) fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    pub(crate) fn max(self, other: Self) -> Self {
        Ord::max(self, other)
    }

    pub(crate) fn sqrt(&self) -> Self {
        assert!(!self.is_negative());
        Self((&self.0 << BITS).sqrt())
    }

    pub(crate) fn square(&self) -> Self {
        self * self
    }

    /// e^x: the series at x/2^k, squared k times.
    pub(crate) fn exp(&self) -> Self {
        let halvings = self.0.bits().saturating_sub(u64::from(BITS) - 8) as u32;
        // Guard bits of its own, so that the squarings lose nothing that shows.
        let guard = BITS + 2 * halvings + 64;
        let x = (&self.0 << (guard - BITS)) >> halvings;
        let one = BigInt::from(1) << guard;
        let (mut sum, mut term, mut index) = (one.clone(), one, 1u32);
        while !term.is_zero() && term != BigInt::from(-1) {
            term = ((term * &x) >> guard) / index;
            sum += &term;
            index += 1;
        }
        for _ in 0..halvings {
            sum = (&sum * &sum) >> guard;
        }
        Self(sum >> (guard - BITS))
    }

    /// ln x: x = m · 2^e with m near one, each by the series of the area tangent.
    pub(crate) fn ln(&self) -> Self {
        assert!(!self.is_negative() && !self.0.is_zero());
        let e = i64::try_from(self.0.bits()).expect("short") - i64::from(BITS);
        let m = if e >= 0 {
            Self(&self.0 >> e as u32)
        } else {
            Self(&self.0 << (-e) as u32)
        };
        let two = Self::whole(2);
        series_ln(&m) + series_ln(&two) * Self::whole(e)
    }

    /// Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/15 + …).
    pub(crate) fn normal(&self) -> Self {
        // Beyond, the density would have too few bits; Φ(−12) is below 10^-32.
        if self.abs() > Self::whole(12) {
            return Self::whole(if self.is_negative() { 0 } else { 1 });
        }
        let square = self.square();
        let (mut term, mut sum, mut odd) = (self.clone(), self.clone(), 3i64);
        while term.0.abs() > BigInt::from(1) {
            term = &(&term * &square) / &Self::whole(odd);
            sum = sum + term.clone();
            odd += 2;
        }
        let density = &(-&(&square / &Self::whole(2))).exp() / &(&Self::whole(2) * &pi()).sqrt();
        &Self::ratio(1, 2) + &(&density * &sum)
    }
}

/// ln of a number between ¼ and 4: 2 · artanh((x − 1) / (x + 1)).
fn series_ln(x: &Real) -> Real {
    let one = Real::whole(1);
    let ratio = &(x - &one) / &(x + &one);
    let square = ratio.square();
    let (mut power, mut sum, mut odd) = (ratio.clone(), Real::zero(), 1i64);
    while power.0.abs() > BigInt::from(1) {
        sum = &sum + &(&power / &Real::whole(odd));
        power = &power * &square;
        odd += 2;
    }
    &sum * &Real::whole(2)
}

/// Machin: π = 16 · arctan(1/5) − 4 · arctan(1/239).
fn pi() -> Real {
    let arctan = |below: i64| {
        let (mut power, mut sum, mut odd) = (Real::ratio(1, below), Real::zero(), 1i64);
        while !power.0.is_zero() {
            let term = &power / &Real::whole(odd);
            sum = if odd % 4 == 1 {
                &sum + &term
            } else {
                &sum - &term
            };
            power = &power / &Real::whole(below * below);
            odd += 2;
        }
        sum
    };
    &(&arctan(5) * &Real::whole(16)) - &(&arctan(239) * &Real::whole(4))
}

macro_rules! operator {
    ($trait:ident, $name:ident, |$a:ident, $b:ident| $body:expr) => {
        impl $trait for &Real {
            type Output = Real;
            fn $name(self, other: &Real) -> Real {
                let ($a, $b) = (&self.0, &other.0);
                Real($body)
            }
        }
        impl $trait for Real {
            type Output = Real;
            fn $name(self, other: Real) -> Real {
                (&self).$name(&other)
            }
        }
    };
}
operator!(Add, add, |a, b| a + b);
operator!(Sub, sub, |a, b| a - b);
operator!(Mul, mul, |a, b| (a * b) >> BITS);
operator!(Div, div, |a, b| (a << BITS) / b);

impl Neg for &Real {
    type Output = Real;
    fn neg(self) -> Real {
        Real(-&self.0)
    }
}

impl std::iter::Sum for Real {
    fn sum<I: Iterator<Item = Real>>(values: I) -> Real {
        values.fold(Real::zero(), |sum, value| &sum + &value)
    }
}

#[test]
fn the_functions_know_their_constants() {
    let close = |found: Real, digits: &str| {
        let expected = Real::from_ratio(&crate::common::decimal(digits));
        let tiny = Real::from_ratio(&crate::common::decimal("0.0000000000000000000000000001"));
        assert!((&found - &expected).abs() < tiny, "{digits}");
    };
    close(pi(), "3.14159265358979323846264338328");
    close(Real::whole(1).exp(), "2.71828182845904523536028747135");
    close(Real::whole(-40).exp(), "0.00000000000000000424835425529");
    close(
        Real::ratio(19, 20).ln(),
        "-0.0512932943875505334261961442547",
    );
    close(
        Real::ratio(1, 1_000_000).ln(),
        "-13.8155105579642741041079487281",
    );
    close(Real::whole(2).sqrt(), "1.41421356237309504880168872421");
    close(
        Real::whole(-6).normal(),
        "0.000000000986587645037698140700864",
    );
    close(Real::whole(1).normal(), "0.841344746068542948585232545632");
    close(Real::whole(8).normal(), "0.999999999999999377903942572822");
}
