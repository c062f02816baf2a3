"""Money: what adds up must add up to the penny, and what cannot be must not pass."""

from decimal import Decimal
from random import Random

import pytest

from config.kernel.money import (
    VatSplit,
    format_money,
    format_rate,
    from_minor,
    round_money,
    share_out,
    split_vat,
    to_minor,
)


@pytest.mark.parametrize(
    "amount, currency, minor",
    [
        ("225.00", "GBP", 22500),
        ("0.01", "GBP", 1),
        ("0", "GBP", 0),
        ("225.000", "gbp", 22500),
        ("500", "JPY", 500),
        ("500.00", "jpy", 500),
        ("5", "UGX", 500),
        ("5.00", "ISK", 500),
    ],
)
def test_an_amount_becomes_the_integer_stripe_expects_and_comes_back(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)
    assert from_minor(minor, currency).as_tuple().exponent == -2


@pytest.mark.parametrize(
    "amount, currency",
    [
        ("-0.01", "GBP"),
        ("0.005", "GBP"),
        ("NaN", "GBP"),
        ("Infinity", "GBP"),
        ("500.50", "JPY"),
        ("5.50", "UGX"),
        ("1", "KWD"),
        ("1", "GB"),
        ("1", "G£P"),
    ],
)
def test_an_impossible_amount_is_never_sent(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("minor, currency", [(1.0, "GBP"), (True, "GBP"), ("1", "GBP"), (550, "ISK"), (1, "TND")])
def test_an_impossible_answer_is_never_believed(minor: int, currency: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        from_minor(minor, currency)


def test_a_negative_balance_of_stripe_is_real() -> None:
    assert from_minor(-4567) == Decimal("-45.67")


@pytest.mark.parametrize(
    "exact, rounded",
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("10", "10.00")],
)
def test_half_a_penny_is_rounded_up(exact: str, rounded: str) -> None:
    assert str(round_money(Decimal(exact))) == rounded


@pytest.mark.parametrize("not_money", ["NaN", "Infinity"])
def test_what_is_no_amount_is_not_rounded(not_money: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        round_money(Decimal(not_money))


@pytest.mark.parametrize(
    "gross, rate, net, vat",
    [
        ("225.00", "20", "187.50", "37.50"),
        ("0.00", "20", "0.00", "0.00"),
        ("0.01", "20", "0.01", "0.00"),
        ("0.03", "20", "0.02", "0.01"),
        ("-90.00", "20", "-75.00", "-15.00"),
        ("100.00", "0", "100.00", "0.00"),
        ("105.00", "5", "100.00", "5.00"),
        ("99.99", "17.5", "85.10", "14.89"),
    ],
)
def test_vat_is_taken_out_of_the_price(gross: str, rate: str, net: str, vat: str) -> None:
    assert split_vat(Decimal(gross), Decimal(rate)) == VatSplit(Decimal(net), Decimal(vat), Decimal(gross))


def test_net_and_vat_always_add_up() -> None:
    for pence in range(20_001):
        split = split_vat(Decimal(pence).scaleb(-2), Decimal(20))
        assert split.net + split.vat == split.gross
        assert abs(split.vat - split.gross / 6) <= Decimal("0.005")


@pytest.mark.parametrize("gross, rate", [("1.005", "20"), ("1.00", "-1"), ("1.00", "NaN"), ("NaN", "20")])
def test_an_impossible_price_or_rate_is_refused(gross: str, rate: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        split_vat(Decimal(gross), Decimal(rate))


@pytest.mark.parametrize(
    "total, parts, shares",
    [
        ("100.00", 3, ["33.34", "33.33", "33.33"]),
        ("0.02", 3, ["0.01", "0.01", "0.00"]),
        ("-100.00", 3, ["-33.34", "-33.33", "-33.33"]),
        ("0.00", 2, ["0.00", "0.00"]),
        ("10.00", 1, ["10.00"]),
        # The largest remainder gets the penny, wherever it stands.
        ("1.00", ["1", "2", "3"], ["0.17", "0.33", "0.50"]),
        ("0.10", ["0", "1", "2"], ["0.00", "0.03", "0.07"]),
        ("90.00", ["225.00", "75.00"], ["67.50", "22.50"]),
        # Equal losses (a third of a penny each): the earlier share first, whatever the weights are.
        ("0.05", ["1", "4", "10"], ["0.01", "0.01", "0.03"]),
        ("0.01", ["0.1", "0.1", "0.1"], ["0.01", "0.00", "0.00"]),
    ],
)
def test_a_remainder_is_shared_out(total: str, parts: int | list[str], shares: list[str]) -> None:
    how = parts if isinstance(parts, int) else [Decimal(weight) for weight in parts]
    assert [str(share) for share in share_out(Decimal(total), how)] == shares


def test_shares_always_add_up_and_miss_the_exact_share_by_less_than_a_penny() -> None:
    random = Random(3)
    for _ in range(500):
        total = Decimal(random.randint(-100_000, 100_000)).scaleb(-2)
        weights = [Decimal(random.randint(0, 900)) for _ in range(random.randint(1, 12))] + [Decimal(1)]
        shares = share_out(total, weights)
        assert sum(shares) == total
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - total * weight / sum(weights)) < Decimal("0.01")


@pytest.mark.parametrize(
    "total, parts",
    [
        ("1.00", 0),
        ("1.00", -1),
        ("1.00", []),
        ("1.00", [Decimal(0)]),
        ("1.00", [Decimal(2), Decimal(-1)]),
        ("1.00", [Decimal("NaN")]),
        ("1.005", 2),
    ],
)
def test_what_cannot_be_shared_is_refused(total: str, parts: int | list[Decimal]) -> None:
    with pytest.raises(ValueError, match=r"\."):
        share_out(Decimal(total), parts)


@pytest.mark.parametrize(
    "amount, full, short",
    [
        ("225", "£225.00", "£225"),
        ("1080", "£1,080.00", "£1,080"),
        ("-90", "−£90.00", "−£90"),
        ("90.50", "£90.50", "£90.50"),
        ("0", "£0.00", "£0"),
        ("-0.004", "£0.00", "£0"),
        ("1234567.895", "£1,234,567.90", "£1,234,567.90"),
    ],
)
def test_money_reads_as_the_design_language_says(amount: str, full: str, short: str) -> None:
    assert format_money(Decimal(amount)) == full
    assert format_money(Decimal(amount), whole=True) == short


@pytest.mark.parametrize(
    "rate, shown",
    [("20.00", "20%"), ("17.50", "17.5%"), ("0.00", "0%"), ("100", "100%"), ("5", "5%"), ("10.00", "10%")],
)
def test_rates_lose_their_idle_noughts(rate: str, shown: str) -> None:
    assert format_rate(Decimal(rate)) == shown
