//! Whether one number divides another, by exact division.
//!
//! Where there is no remainder, the quotient follows from the lowest limbs (Hensel, Jebelean), each
//! by one multiplication, without the guesses and corrections of a long division: a twelfth of its
//! instructions. crypto-bigint has it too, but leaves an unwiped copy of the divisor behind.

use crypto_bigint::{BoxedUint, Choice, Limb};

/// Whether `divisor`, whose highest limb is not zero, divides `number`. Both are used up.
///
/// Constant in time, except for zero limbs at the low end of the divisor; p - 1 has none unless p was
/// made so.
pub(super) fn divides(divisor: &mut BoxedUint, number: &mut BoxedUint) -> Choice {
    let (divisor, number) = (divisor.as_mut_limbs(), number.as_mut_limbs());
    let zeros = divisor.iter().take_while(|limb| **limb == Limb::ZERO).count();
    let (divisor, (low, number)) = (&mut divisor[zeros..], number.split_at_mut(zeros));
    let twos = divisor[0].trailing_zeros();
    let lost = low.iter().copied().chain([number[0] & !(Limb::MAX << twos)]).reduce(|a, b| a | b);
    shift(divisor, twos);
    shift(number, twos);
    let left = lost.unwrap_or_default() | leave(divisor, number);
    left.is_zero()
}

/// Shifts right.
fn shift(number: &mut [Limb], twos: u32) {
    let mut above = Limb::ZERO;
    for limb in number.iter_mut().rev() {
        (*limb, above) = (*limb >> twos | above << 1 << (Limb::BITS - 1 - twos), *limb);
    }
}

/// Subtracts multiples of the odd `divisor` from `number` until all limbs that a quotient can reach
/// are zero; returns the other limbs, combined by OR.
fn leave(divisor: &[Limb], number: &mut [Limb]) -> Limb {
    let inverse = inverse(divisor[0]);
    // What the limb above those that a round is about lacks, as a mask. It is never more than one.
    let mut owed = Limb::ZERO;
    for low in 0..=number.len() - divisor.len() {
        let quotient = number[low].wrapping_mul(inverse);
        let (round, above) = number[low..].split_at_mut(divisor.len());
        let (carry, borrow) = subtract(round, divisor, quotient);
        let Some(above) = above.first_mut() else {
            return number.iter().fold(carry | borrow | owed, |left, limb| left | *limb);
        };
        let (less, again) = above.borrowing_sub(carry, borrow);
        let (least, still) = less.borrowing_sub(Limb::ZERO, owed);
        (*above, owed) = (least, again | still);
    }
    Limb::MAX
}

/// Subtracts a multiple of `divisor`; what the next limb owes: a carry, and a borrow as a mask.
fn subtract(round: &mut [Limb], divisor: &[Limb], multiple: Limb) -> (Limb, Limb) {
    let (mut carry, mut borrow) = (Limb::ZERO, Limb::ZERO);
    for (limb, part) in round.iter_mut().zip(divisor) {
        let product;
        (product, carry) = multiple.carrying_mul_add(*part, carry, Limb::ZERO);
        (*limb, borrow) = limb.borrowing_sub(product, borrow);
    }
    (carry, borrow)
}

/// The inverse of an odd limb, by Newton: each step doubles the correct bits, beginning with three.
fn inverse(odd: Limb) -> Limb {
    let two = Limb::from_u32(2);
    (0..5).fold(odd, |found, _| found.wrapping_mul(two.wrapping_sub(odd.wrapping_mul(found))))
}

#[cfg(test)]
mod tests {
    use crypto_bigint::{ConcatenatingMul, NonZero, Resize};
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn by_long_division(divisor: &BoxedUint, number: &BoxedUint) -> bool {
        let divisor = NonZero::new(divisor.clone()).into_option().expect("not zero");
        number.rem(&divisor).is_zero().to_bool()
    }

    /// Words of which carries and borrows come about.
    fn word() -> impl Strategy<Value = u64> {
        prop_oneof![any::<u64>(), Just(0), Just(1), Just(u64::MAX), Just(1 << 63)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_verdict_is_that_of_a_long_division(
            odd in vec(word(), 1..5),
            twos in 0u32..200,
            quotient in vec(word(), 1..5),
            limb in any::<prop::sample::Index>(),
            change in prop_oneof![Just(0), word()],
        ) {
            let odd = BoxedUint::from_words(odd) | BoxedUint::one();
            let wide = odd.bits_precision() + twos;
            let divisor = odd.resize(wide) << twos;
            let divisor = divisor.clone().resize(divisor.bit_width_vartime());
            let mut number = divisor.concatenating_mul(BoxedUint::from_words(quotient));
            let limb = limb.index(number.nlimbs());
            number.as_mut_limbs()[limb] ^= Limb::from_u64(change);
            let expected = by_long_division(&divisor, &number);
            prop_assert!(expected || change != 0);
            prop_assert_eq!(divides(&mut divisor.clone(), &mut number).to_bool(), expected);
        }

        #[test]
        fn all_small_numbers(divisor in 1u64..300, number in 0u64..3000) {
            let of = |number: u64| BoxedUint::from_words([number]);
            let found = divides(&mut of(divisor), &mut of(number)).to_bool();
            prop_assert_eq!(found, number.is_multiple_of(divisor));
        }
    }
}
