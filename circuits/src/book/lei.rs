//! Legal entity identifiers (ISO 17442).

use std::fmt;

use thiserror::Error;

use super::Lei;

/// Why a text is not a legal entity identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LeiError {
    /// Not twenty characters.
    #[error("an LEI has 20 characters")]
    Length,
    /// A character that is neither an upper-case letter nor a digit, or a letter among the check digits.
    #[error("an LEI has 18 upper-case letters or digits, then 2 check digits")]
    Character,
    /// The check digits do not hold.
    #[error("the check digits of the LEI do not hold")]
    CheckDigits,
}

impl Lei {
    /// Reads twenty characters and checks the check digits (ISO 7064, MOD 97-10).
    pub fn parse(text: &str) -> Result<Self, LeiError> {
        let bytes: [u8; 20] = text.as_bytes().try_into().map_err(|_| LeiError::Length)?;
        let mut rest = 0u32;
        for (place, byte) in bytes.iter().enumerate() {
            // A letter stands for two digits: A is 10, Z is 35.
            rest = match byte {
                b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
                b'A'..=b'Z' if place < 18 => rest * 100 + u32::from(byte - b'A') + 10,
                _ => return Err(LeiError::Character),
            } % 97;
        }
        // Check digits run from 02 to 98: the other three pairs name the same rest twice.
        let check = u32::from(bytes[18] - b'0') * 10 + u32::from(bytes[19] - b'0');
        if rest == 1 && (2..=98).contains(&check) {
            Ok(Self(bytes))
        } else {
            Err(LeiError::CheckDigits)
        }
    }
}

impl fmt::Display for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_identifiers_hold() {
        for text in [
            "N1GZ7BBF3NP8GI976H15",
            "8I5DZWZKVSZI1NUHU748",
            "PBLD0EJDB5FWOLXP3B76",
        ] {
            assert_eq!(Lei::parse(text).map(|l| l.to_string()), Ok(text.to_owned()));
        }
    }

    /// A letter for a letter, a digit for a digit. (A letter for a digit lengthens the number, and
    /// ISO 7064 does not promise to catch that: an 8 for a B may pass.)
    #[test]
    fn every_single_substitution_of_one_kind_is_caught() {
        let good = *b"N1GZ7BBF3NP8GI976H15";
        for place in 0..20 {
            for byte in *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
                if byte.is_ascii_digit() != good[place].is_ascii_digit() {
                    continue;
                }
                let mut altered = good;
                altered[place] = byte;
                let text = String::from_utf8_lossy(&altered).into_owned();
                assert_eq!(Lei::parse(&text).is_ok(), byte == good[place], "{text}");
            }
        }
    }

    /// Check digits run from 02 to 98: 00, 01 and 99 leave the same rest as 97, 98 and 02.
    #[test]
    fn check_digits_have_one_form() {
        let mut seen = [0; 3];
        for number in 0..1_000 {
            let body = format!("{number:018}");
            let with = |check: u32| Lei::parse(&format!("{body}{check:02}"));
            let Some(check) = (2..=98).find(|check| with(*check).is_ok()) else {
                panic!("{body} has no check digits");
            };
            for (count, (right, wrong)) in seen.iter_mut().zip([(2, 99), (97, 0), (98, 1)]) {
                if check == right {
                    assert_eq!(with(wrong), Err(LeiError::CheckDigits), "{body}");
                    *count += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    }

    #[test]
    fn malformed() {
        assert_eq!(Lei::parse("N1GZ7BBF3NP8GI976H1"), Err(LeiError::Length));
        assert_eq!(Lei::parse("n1GZ7BBF3NP8GI976H15"), Err(LeiError::Character));
        assert_eq!(Lei::parse("N1GZ7BBF3NP8GI976H1A"), Err(LeiError::Character));
        assert_eq!(Lei::parse("N1GZ7BBF3NP8GI976HA5"), Err(LeiError::Character));
        assert_eq!(Lei::parse(""), Err(LeiError::Length));
    }
}
