//! A system of public linear relations over private words.
//!
//! A *variable* is a non-negative integer of a stated number of bits times a public unit; it lies
//! in one or more words. A *relation* says that a linear form of variables, linked totals and a
//! constant is zero. Coefficients are rational here and integers in the circuit: each relation is
//! multiplied by the least common denominator, and its largest possible magnitude is shown to stay
//! below 2^252 < p/2, so that equality in the field is equality of integers.
//!
//! The same code builds the public relations and, where the private values are given, the words:
//! prover and verifier cannot disagree on the matrix.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::field::{from_bigint, power_of_two};
use crate::protocol::publics::{Relation, Weighed};

/// Bits of a word.
const WORD_BITS: u64 = 64;
/// A relation's magnitude stays below 2^this.
const RELATION_BITS: u64 = 252;

/// A variable of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Var(usize);

/// What a linear form weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Var(Var),
    Total {
        column: usize,
        row: usize,
        bits: u64,
    },
}

/// A linear form: Σ coefficient · source + constant, in real quantities.
#[derive(Clone, Debug, Default)]
pub struct Linear {
    terms: Vec<(Source, BigRational)>,
    constant: Option<BigRational>,
}

impl Linear {
    /// One variable.
    pub fn var(var: Var) -> Linear {
        Linear {
            terms: vec![(Source::Var(var), BigRational::one())],
            constant: None,
        }
    }

    /// A linked total of at most `bits` bits; `unit` is the real quantity of one.
    pub fn total(column: usize, row: usize, bits: u64, unit: BigRational) -> Linear {
        Linear {
            terms: vec![(Source::Total { column, row, bits }, unit)],
            constant: None,
        }
    }

    /// A constant.
    pub fn constant(value: BigRational) -> Linear {
        Linear {
            terms: Vec::new(),
            constant: Some(value),
        }
    }

    /// The sum of two forms.
    pub fn plus(mut self, other: &Linear) -> Linear {
        self.terms.extend(other.terms.iter().cloned());
        if let Some(value) = &other.constant {
            let sum = self.constant.take().unwrap_or_else(BigRational::zero) + value;
            self.constant = Some(sum);
        }
        self
    }

    /// The form times a number.
    pub fn times(mut self, factor: &BigRational) -> Linear {
        self.terms
            .iter_mut()
            .for_each(|(_, coefficient)| *coefficient *= factor);
        self.constant = self.constant.map(|value| value * factor);
        self
    }

    /// The difference of two forms.
    pub fn minus(self, other: &Linear) -> Linear {
        self.plus(&other.clone().times(&-BigRational::one()))
    }
}

#[derive(Clone, Debug)]
struct Variable {
    first_word: usize,
    bits: u64,
    unit: BigRational,
}

/// Private values are missing, or do not satisfy the rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    /// A quantity that must not be negative is, or one that must be zero is not.
    #[error("{0}")]
    False(String),
    /// A total beyond what the circuit holds: neither true nor false.
    #[error("{0} is larger than the circuit holds")]
    TooLarge(String),
    /// A relation could exceed the field.
    #[error("the bit budget of `{0}` is exceeded")]
    Budget(String),
}

/// The system under construction.
#[derive(Clone, Debug, Default)]
pub struct System {
    variables: Vec<Variable>,
    relations: Vec<Relation>,
    word_count: usize,
    /// Values of the variables, in units, where the prover builds the system.
    values: Option<Vec<BigUint>>,
    totals: Vec<((usize, usize), BigUint)>,
    /// What the adversary of the tests adds to the values of some variables, by their number.
    #[cfg(feature = "cheat")]
    lies: Option<Vec<(usize, BigInt)>>,
}

impl System {
    /// The verifier's system: relations only.
    pub fn public() -> System {
        System::default()
    }

    /// The prover's system, with the values of the linked totals by (column, row).
    pub fn with_totals(totals: Vec<((usize, usize), BigUint)>) -> System {
        System {
            values: Some(Vec::new()),
            totals,
            ..System::default()
        }
    }

    /// The prover's system in the adversary's hands: false values are taken as they come, and
    /// everything that follows from them is solved as well as can be.
    #[cfg(feature = "cheat")]
    pub fn cheating(totals: Vec<((usize, usize), BigUint)>, lies: Vec<(usize, BigInt)>) -> System {
        System {
            lies: Some(lies),
            ..System::with_totals(totals)
        }
    }

    /// Whether false values are taken: in the tests of the adversary alone.
    fn lenient(&self) -> bool {
        #[cfg(feature = "cheat")]
        return self.lies.is_some();
        #[cfg(not(feature = "cheat"))]
        false
    }

    /// The value of the next variable, as the adversary would have it.
    fn bent(&self, value: BigUint) -> BigUint {
        #[cfg(feature = "cheat")]
        for (variable, lie) in self.lies.iter().flatten() {
            if *variable == self.variables.len() {
                return (BigInt::from(value) + lie).to_biguint().unwrap_or_default();
            }
        }
        value
    }

    /// Whether a variable is a figure of the institution's own, which a lie merely makes another.
    #[cfg(feature = "cheat")]
    pub fn is_input(&self, variable: usize) -> bool {
        self.variables[variable].bits == WORD_BITS && self.variables[variable].unit.is_one()
    }

    /// Number of variables.
    #[cfg(feature = "cheat")]
    pub fn variables(&self) -> usize {
        self.variables.len()
    }

    /// A variable below 2^bits, in units of `unit`; `value` in units, where known.
    pub fn variable(
        &mut self,
        name: &str,
        bits: u64,
        unit: BigRational,
        value: Option<BigUint>,
    ) -> Result<Var, SystemError> {
        let words = bits.div_ceil(WORD_BITS).max(1);
        let value = self.bent(value.unwrap_or_default());
        let wide = value.bits() > bits && !self.lenient();
        let var = Var(self.variables.len());
        self.variables.push(Variable {
            first_word: self.word_count,
            bits,
            unit,
        });
        self.word_count += words as usize;
        if let Some(values) = &mut self.values {
            if wide {
                return Err(SystemError::TooLarge(name.to_owned()));
            }
            values.push(value);
        }
        let top_bits = bits - WORD_BITS * (words - 1);
        if top_bits < WORD_BITS {
            self.narrow_top(name, var, words - 1, top_bits)?;
        }
        Ok(var)
    }

    /// Top word + complement = 2^bits − 1, with the complement a word: so the top is below 2^bits.
    fn narrow_top(
        &mut self,
        name: &str,
        var: Var,
        word: u64,
        bits: u64,
    ) -> Result<(), SystemError> {
        let full = (BigUint::one() << bits) - 1u32;
        let top = self.value(var).map(|v| v >> (WORD_BITS * word));
        let row = self.variables[var.0].first_word + word as usize;
        let complement = top.map(|top| self.bent(&full - top.min(full.clone())));
        let variable = Var(self.variables.len());
        self.variables.push(Variable {
            first_word: self.word_count,
            bits: WORD_BITS,
            unit: BigRational::one(),
        });
        self.word_count += 1;
        if let (Some(values), Some(complement)) = (&mut self.values, complement) {
            values.push(complement);
        }
        let cell = |row| Weighed::Data { column: 0, row };
        self.relations.push(Relation {
            name: format!("{name} keeps to its width"),
            terms: vec![
                (cell(row), crate::field::Fp::one()),
                (
                    cell(self.variables[variable.0].first_word),
                    crate::field::Fp::one(),
                ),
            ],
            constant: -crate::field::from_biguint(&full),
        });
        Ok(())
    }

    /// Value of a variable in units, where known.
    pub fn value(&self, var: Var) -> Option<&BigUint> {
        self.values.as_ref().and_then(|values| values.get(var.0))
    }

    /// The real value of a form, where known.
    pub fn evaluate(&self, form: &Linear) -> Option<BigRational> {
        let values = self.values.as_ref()?;
        let (terms, mut sum, denominator, _) = self.integral(form);
        for (source, coefficient) in terms {
            let value = match source {
                Source::Var(var) => Some(&values[var.0]),
                Source::Total { column, row, .. } => {
                    let total = self.totals.iter().find(|(at, _)| *at == (column, row));
                    total.map(|(_, value)| value)
                }
            };
            sum += value.map_or(BigInt::ZERO, |value| {
                coefficient * BigInt::from(value.clone())
            });
        }
        Some(BigRational::new(sum, denominator))
    }

    /// Integer coefficients of a form, their common denominator, and the bits of its magnitude.
    fn integral(&self, form: &Linear) -> (Vec<(Source, BigInt)>, BigInt, BigInt, u64) {
        let coefficient = |source: &Source, c: &BigRational| match source {
            Source::Var(var) => match &self.variables[var.0].unit {
                unit if unit.is_one() => c.clone(),
                unit => c * unit,
            },
            Source::Total { .. } => c.clone(),
        };
        let constant = form.constant.clone().unwrap_or_else(BigRational::zero);
        let coefficients: Vec<(Source, BigRational)> = form
            .terms
            .iter()
            .map(|(s, c)| (*s, coefficient(s, c)))
            .collect();
        let denominator = coefficients
            .iter()
            .map(|(_, c)| c.denom())
            .chain(std::iter::once(constant.denom()))
            .fold(BigInt::one(), |lcm, d| {
                if d.is_one() || *d == lcm {
                    lcm
                } else {
                    lcm.lcm(d)
                }
            });
        // The denominator is a multiple of each coefficient's own.
        let scaled = |c: &BigRational| c.numer() * (&denominator / c.denom());
        let terms: Vec<(Source, BigInt)> =
            coefficients.iter().map(|(s, c)| (*s, scaled(c))).collect();
        let constant = scaled(&constant);
        let mut magnitude = constant.magnitude().clone();
        for (source, c) in &terms {
            let bits = match source {
                Source::Var(var) => self.variables[var.0].bits,
                Source::Total { bits, .. } => *bits,
            };
            magnitude += c.magnitude() << bits;
        }
        (terms, constant, denominator, magnitude.bits())
    }

    /// States that a form is zero.
    pub fn zero(&mut self, name: &str, form: &Linear) -> Result<(), SystemError> {
        let (terms, constant, _, bits) = self.integral(form);
        if bits > RELATION_BITS {
            return Err(SystemError::Budget(name.to_owned()));
        }
        let holds = self.evaluate(form).is_none_or(|value| value.is_zero());
        if !holds && !self.lenient() {
            return Err(SystemError::False(name.to_owned()));
        }
        let mut cells = Vec::new();
        let word_unit = power_of_two(WORD_BITS as u32);
        for (source, coefficient) in terms {
            let coefficient = from_bigint(&coefficient);
            match source {
                Source::Var(var) => {
                    let variable = &self.variables[var.0];
                    let mut weight = coefficient;
                    for word in 0..variable.bits.div_ceil(WORD_BITS).max(1) {
                        let row = variable.first_word + word as usize;
                        cells.push((Weighed::Data { column: 0, row }, weight));
                        weight *= word_unit;
                    }
                }
                Source::Total { column, row, .. } => {
                    cells.push((Weighed::Total { column, row }, coefficient));
                }
            }
        }
        let constant = from_bigint(&constant);
        self.relations.push(Relation {
            name: name.to_owned(),
            terms: cells,
            constant,
        });
        Ok(())
    }

    /// States that a form is not negative: it equals a variable wide enough for all its values.
    pub fn not_negative(&mut self, name: &str, form: &Linear) -> Result<Var, SystemError> {
        let (_, _, denominator, bits) = self.integral(form);
        let unit = BigRational::new(BigInt::one(), denominator);
        let value = match self.evaluate(form) {
            None => None,
            Some(value) => match natural(&(value / &unit)) {
                None if self.lenient() => Some(BigUint::zero()),
                None => return Err(SystemError::False(name.to_owned())),
                natural => natural,
            },
        };
        let slack = self.variable(name, bits, unit, value)?;
        self.zero(name, &form.clone().minus(&Linear::var(slack)))?;
        Ok(slack)
    }

    /// (max(0, form), max(0, −form)), exactly: at most one of the two is not zero.
    pub fn parts(&mut self, name: &str, form: &Linear) -> Result<(Var, Var), SystemError> {
        let (_, _, denominator, bits) = self.integral(form);
        let unit = BigRational::new(BigInt::one(), denominator);
        let value = self
            .evaluate(form)
            .map(|value| (value / &unit).to_integer());
        let part = |sign| {
            value.as_ref().map(|v| {
                if v.sign() == sign {
                    v.magnitude().clone()
                } else {
                    BigUint::zero()
                }
            })
        };
        let above = value
            .as_ref()
            .map(|v| BigUint::from(u32::from(v.sign() == Sign::Plus)));
        let positive = self.variable(name, bits, unit.clone(), part(Sign::Plus))?;
        let negative = self.variable(name, bits, unit.clone(), part(Sign::Minus))?;
        let sign = self.variable(name, 1, BigRational::one(), above)?;
        let (p, n) = (Linear::var(positive), Linear::var(negative));
        self.zero(
            &format!("{name}: the parts make the whole"),
            &form.clone().minus(&p).plus(&n),
        )?;
        let limit = BigRational::from((BigInt::one() << bits) - 1) * unit;
        let room = Linear::var(sign).times(&limit);
        self.not_negative(
            &format!("{name}: nothing above zero when it is below"),
            &room.clone().minus(&p),
        )?;
        let other = Linear::constant(limit).minus(&room).minus(&n);
        self.not_negative(
            &format!("{name}: nothing below zero when it is above"),
            &other,
        )?;
        Ok((positive, negative))
    }

    /// Number of words.
    pub fn words(&self) -> usize {
        self.word_count
    }

    /// The relations.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The words, where values are known.
    pub fn witness(&self) -> Option<Vec<u64>> {
        let values = self.values.as_ref()?;
        let mut words = vec![0u64; self.word_count];
        for (variable, value) in self.variables.iter().zip(values) {
            let room = variable.bits.div_ceil(WORD_BITS).max(1) as usize;
            for (word, digit) in value.iter_u64_digits().take(room).enumerate() {
                words[variable.first_word + word] = digit;
            }
        }
        Some(words)
    }
}

/// A rational that is a natural number.
fn natural(value: &BigRational) -> Option<BigUint> {
    value
        .is_integer()
        .then(|| value.to_integer().to_biguint())
        .flatten()
}
