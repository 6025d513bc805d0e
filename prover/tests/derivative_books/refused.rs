//! What is refused in netting sets, margin and trades, and where.

use crate::{MANIFEST, TRADES, refusal, trade};

#[test]
fn netting_sets_are_refused_in_their_place() {
    for (header, line, why) in [
        ("class,grade", "x,BBB", "column `class`: unknown class `x`"),
        (
            "class,grade",
            "corporate,x",
            "column `grade`: unknown grade `x`",
        ),
        (
            "class,grade",
            "corporate,",
            "column `grade`: the value is missing",
        ),
        (
            "class,currency",
            "retail,XXX",
            "column `currency`: unknown currency `XXX`",
        ),
        (
            "class,currency",
            "retail,ETH-26JAN24",
            "column `currency`: not a currency code",
        ),
        (
            "class,threshold",
            "retail,5",
            "column `remargin_days`: a netting set with terms",
        ),
        (
            "class,cleared",
            "retail,yes",
            "column `remargin_days`: a netting set with terms",
        ),
        (
            "class,cleared",
            "retail,maybe",
            "column `cleared`: not one of the words",
        ),
        (
            "class,outside,remargin_days",
            "retail,yes,1",
            "column `outside`: options outside",
        ),
        (
            "class,outside,agreement",
            "retail,yes,m",
            "column `outside`: options outside",
        ),
        (
            "class,threshold",
            "retail,-5",
            "column `threshold`: the amount is negative",
        ),
        (
            "class,colour",
            "retail,red",
            "column `colour`: unknown column",
        ),
        (
            "class,PortfolioID",
            "retail,ns",
            "column `PortfolioID`: the column occurs twice",
        ),
    ] {
        let refused = refusal(&[("netting_sets.csv", &format!("id,{header}\nns,{line}\n"))]);
        assert!(refused.starts_with("netting_sets.csv:"), "{refused}");
        assert!(refused.contains(why), "{line}: {refused}");
    }
    let refused = refusal(&[("netting_sets.csv", "id,class\nns,retail\nns,retail\n")]);
    assert!(
        refused.contains("netting_sets.csv:3, column `id`: `ns` occurs twice: first on line 2"),
        "{refused}"
    );
}

#[test]
fn margin_is_refused_in_its_place() {
    let manifest = MANIFEST.replace(", \"margin.csv\"", "");
    for (line, why) in [
        (
            "a,nobody,cash,1,received,variation",
            "column `netting_set`: there is no netting set `nobody`",
        ),
        (
            "a,ns,paper,1,received,variation",
            "column `kind`: unknown haircut type `paper`",
        ),
        (
            "a,ns,sovereign,1,received,variation",
            "column `rating`: the value is missing",
        ),
        (
            "a,ns,cash,1,held,variation",
            "column `side`: not one of the words",
        ),
        (
            "a,ns,cash,1,received,",
            "column `purpose`: the value is missing",
        ),
        (
            "a,ns,cash,-1,received,variation",
            "column `amount`: the amount is negative",
        ),
        (
            "a,ns,cash,1,received,variation\na,ns,cash,1,posted,variation",
            "margin.csv:3, column `id`: `a` occurs twice",
        ),
    ] {
        let text = format!("id,netting_set,kind,amount,side,purpose\n{line}\n");
        let refused = refusal(&[("book.toml", &manifest), ("margin.csv", &text)]);
        assert!(refused.starts_with("margin.csv:"), "{refused}");
        assert!(refused.contains(why), "{line}: {refused}");
    }
}

#[test]
fn trades_are_refused_in_their_place() {
    let rates = "class,notional,end";
    let option = "class,entity,notional,option,price,strike,expiry";
    let coin = "class,hedging_set,notional,currency,option,price,strike,expiry";
    for (columns, values, why) in [
        (
            rates,
            "x,1,5",
            "column `class`: unknown derivative class `x`",
        ),
        (
            rates,
            "interest-rate,,5",
            "column `notional`: the amount is missing",
        ),
        (
            rates,
            "interest-rate,-1,5",
            "column `notional`: the amount is negative",
        ),
        (
            rates,
            "interest-rate,1,",
            "column `maturity`: the value is missing",
        ),
        (
            rates,
            "interest-rate,1,2024-01-07",
            "column `end`: the time is past",
        ),
        (
            rates,
            "interest-rate,1,2024-01-08",
            "column `end`: the time is past",
        ),
        (
            rates,
            "interest-rate,1,2024-02-30",
            "column `end`: the calendar has no such day",
        ),
        (
            rates,
            "interest-rate,1,26JAN24",
            "column `end`: not a day, a time in UTC or a number of years / write 2034-06-30",
        ),
        (
            rates,
            "interest-rate,1,90",
            "column `end`: the time is too far ahead / periods end within 89 years",
        ),
        (
            "class,notional,maturity",
            "interest-rate,1,5",
            "column `end`: the value is missing",
        ),
        (
            "class,notional,maturity,start",
            "interest-rate,1,5,1",
            "column `end`: a period that starts",
        ),
        (
            "class,notional,start,end",
            "interest-rate,1,5,5",
            "column `end`: the period ends before",
        ),
        (
            "class,entity,notional,end",
            "equity-single,X,1,5",
            "column `end`: its class has no supervisory",
        ),
        (
            "class,entity,notional,maturity,start,end",
            "equity-single,X,1,5,2024-02-01,2024-01-08T11:21:21Z",
            "column `end`: its class has no supervisory",
        ),
        (
            "class,notional,maturity",
            "equity-single,1,5",
            "column `entity`: the value is missing",
        ),
        (
            "class,notional,end,entity",
            "interest-rate,1,5,X",
            "column `entity`: its class has no entities",
        ),
        (
            "class,notional,end,hedging_set",
            "interest-rate,1,5,USD",
            "column `hedging_set`: its hedging set is its",
        ),
        (
            "class,entity,notional,maturity,hedging_set",
            "metals,gold,1,5,m",
            "column `hedging_set`: its class has one",
        ),
        (
            "class,notional,maturity",
            "fx,1,5",
            "column `hedging_set`: the value is missing",
        ),
        (
            "class,variant,notional,end",
            "interest-rate,basis,1,5",
            "column `hedging_set`: the value is missing",
        ),
        (
            "class,variant,notional,end",
            "interest-rate,spread,1,5",
            "column `variant`: not one of the words",
        ),
        (
            "class,hedging_set,variant,notional,maturity",
            "crypto-2b,X,basis,1,5",
            "column `variant`: its class has plain",
        ),
        (
            "class,notional,end,currency",
            "interest-rate,1,5,XXX",
            "column `currency`: unknown currency or asset `XXX`",
        ),
        (
            "class,notional,end,currency",
            "interest-rate,1,5,a b",
            "column `currency`: neither a currency code",
        ),
        (
            "class,notional,end,value_currency",
            "interest-rate,1,5,XXX",
            "column `value_currency`: unknown",
        ),
        (
            "class,notional,end,market_value",
            "interest-rate,1,5,--7",
            "column `market_value`: the amount",
        ),
        (
            option,
            "equity-single,X,1,swap,98,100,1",
            "column `option`: not one of the words",
        ),
        (
            option,
            "equity-single,X,1,call,98,,1",
            "column `strike`: the value is missing",
        ),
        (
            option,
            "equity-single,X,1,call,98,100,",
            "column `expiry`: the value is missing",
        ),
        (
            option,
            "equity-single,X,1,call,,100,1",
            "column `price`: there is no price",
        ),
        (
            option,
            "equity-single,X,1,call,0,100,1",
            "column `price`: the price is not above zero",
        ),
        (
            option,
            "equity-single,X,1,call,98,-1,1",
            "column `strike`: the strike is not above zero",
        ),
        (
            option,
            "equity-single,X,1,call,9e1,100,1",
            "column `price`: not a decimal number",
        ),
        (
            option,
            "equity-single,X,1,call,9000000000000000,100,1",
            "column `price`: price and strike have too many",
        ),
        (
            option,
            "equity-single,X,1,call,98,0.0000000000000001,1",
            "column `price`: price and strike have too many",
        ),
        (
            option,
            "equity-single,X,1,call,98,100,2024-01-08",
            "column `expiry`: the time is past",
        ),
        (
            option,
            "equity-single,X,1,,98,,",
            "column `price`: only an option has this",
        ),
        (
            coin,
            "crypto-2a,ETH,1,ETH-26JAN24,call,,2300.123456789,1",
            "column `strike`: price and strike have too many",
        ),
        (
            coin,
            "crypto-2a,ETH,1,USD,call,,2300,1",
            "column `price`: there is no price",
        ),
        (
            coin,
            "crypto-2b,ETH,1,ETH,call,,2300,1",
            "column `option`: its class has no options",
        ),
        (
            "class,hedging_set,notional,maturity,nth,names",
            "crypto-2b,X,1,5,1,2",
            "column `class`: its class is charged gross",
        ),
        (
            "class,entity,notional,option,price,strike,expiry,payoff",
            "equity-single,X,1,call,98,100,1,5",
            "column `payoff`: a digital option has a payoff and no notional",
        ),
        (
            "class,entity,payoff,maturity",
            "equity-single,X,5,1",
            "column `payoff`: only an option has this",
        ),
        (
            "class,hedging_set,currency,option,price,strike,expiry,payoff",
            "crypto-2a,ETH,ETH-26JAN24,call,2200,2300,1,5",
            "column `price`: a digital option on an asset",
        ),
        (
            "class,hedging_set,currency,option,strike,expiry,payoff",
            "crypto-2a,ETH,ETH-26JAN24,call,2300.00000001,1,5",
            "column `strike`: price and strike have too many",
        ),
        (
            "class,hedging_set,currency,option,lambda,strike,expiry,notional",
            "crypto-2a,ETH,ETH-26JAN24,call,1,2300,1,5",
            "column `lambda`: a price that is shifted",
        ),
        (
            "class,entity,notional,end,attachment",
            "credit-index-IG,X,1,5,0.03",
            "column `detachment`: a tranche has two ends",
        ),
        (
            "class,entity,notional,end,attachment,detachment",
            "credit-index-IG,X,1,5,0.07,0.03",
            "column `detachment`: a tranche detaches above",
        ),
        (
            "class,entity,notional,end,attachment,detachment",
            "credit-index-IG,X,1,5,3%,7%",
            "column `attachment`: not a part of one",
        ),
        (
            "class,entity,notional,end,attachment,detachment",
            "credit-index-IG,X,1,5,1/1073741824,1/3",
            "column `detachment`: the two parts",
        ),
        (
            "class,entity,notional,end,nth",
            "credit-index-IG,X,1,5,1",
            "column `names`: a basket needs both",
        ),
        (
            "class,entity,notional,end,nth,names",
            "credit-index-IG,X,1,5,8,7",
            "column `nth`: the basket has fewer",
        ),
        (
            "class,entity,notional,end,nth,names",
            "credit-index-IG,X,1,5,0,7",
            "column `nth`: not a whole number",
        ),
        (
            "class,entity,notional,end,nth,names",
            "credit-index-IG,X,1,5,1,+7",
            "column `names`: not a whole number",
        ),
        (
            "class,entity,notional,end,nth,names",
            "credit-index-IG,X,1,5,1,1048577",
            "column `names`: not a whole number",
        ),
        (
            "class,notional,end,nth,names,option,price,strike,expiry",
            "interest-rate,1,5,1,2,call,1,1,1",
            "column `option`: an option is not a tranche",
        ),
    ] {
        let refused = trade(columns, values);
        assert!(refused.starts_with("trades.csv:2, column "), "{refused}");
        assert!(refused.contains(why), "{values}: {refused}");
    }
    let refused = refusal(&[("trades.csv", &TRADES.replace("swap,ns", "swap,nobody"))]);
    assert!(
        refused.contains("trades.csv:2, column `netting_set`: there is no netting set `nobody`"),
        "{refused}"
    );
    let twice = format!("{TRADES}swap,ns,interest-rate,bought,100,5\n");
    let refused = refusal(&[("trades.csv", &twice)]);
    assert!(
        refused.contains("trades.csv:3, column `id`: `swap` occurs twice: first on line 2"),
        "{refused}"
    );
    // No refusal shows a figure of the book.
    let refused = trade(rates, "interest-rate,31415.926535,5");
    assert!(!refused.contains("31415"), "{refused}");
}
