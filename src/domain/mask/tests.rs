use proptest::prelude::*;

use super::*;

#[test]
fn phones_of_every_writing_are_masked() {
    for number in [
        "+7 913 444-55-66",
        "8 913 444 55 66",
        "8-913-444-55-66",
        "89134445566",
        "+79134445566",
        "8 (913) 444-55-66",
        "8(913)4445566",
        "+7(913)444-55-66",
        "79134445566",
        "913 444 55 66",
        "9134445566",
        "8 (3902) 22-33-44",
        "8 3902 22-33-44",
        "(3902) 22-33-44",
        "8 (39032) 9-11-22",
        "8913 444 5566",
        "+7 913 444 55 66",
        "8.913.444.55.66",
    ] {
        let text = format!("Позвоните мне: {number}, вечером");
        assert_eq!(mask(&text), "Позвоните мне: [телефон], вечером", "{number}");
    }
    assert_eq!(mask("тел. 22-33-44"), "тел. [телефон]");
    assert_eq!(mask("Звоните 2-33-44."), "Звоните [телефон].");
    assert_eq!(mask("кв. 5 8 913 444 55 66"), "кв. 5 [телефон]");
    assert_eq!(mask("89134445566 89134445567"), "[телефон] [телефон]");
}

#[test]
fn other_personal_numbers_are_masked() {
    for (text, masked) in [
        ("почта ivan.petrov@mail.ru, ответьте", "почта [почта], ответьте"),
        ("пишите на иван@почта.рф.", "пишите на [почта]."),
        ("СНИЛС 112-233-445 95", "СНИЛС [СНИЛС]"),
        ("мой 11223344595 такой", "мой [СНИЛС] такой"),
        ("карта 2200 0000 0000 0004 Мир", "карта [карта] Мир"),
        ("4111111111111111", "[карта]"),
        ("номер карты: 4111 1111 1111 1112.", "номер карты: [карта]."),
        ("ИНН 500100732259", "ИНН [ИНН]"),
        ("инн 7707083893", "инн [ИНН]"),
        ("500100732259", "[ИНН]"),
        ("паспорт 9501 123456 выдан", "паспорт [паспорт] выдан"),
        ("паспорт: 95 01 123456", "паспорт: [паспорт]"),
        ("Паспорт серия 95 01 № 123456, выдан", "Паспорт серия [паспорт], выдан"),
        ("паспорт 9501, номер 123456", "паспорт [паспорт]"),
    ] {
        assert_eq!(mask(text), masked);
    }
}

#[test]
fn what_the_work_needs_stays() {
    for text in [
        "Срок до 24.11.2026 14:05, ул. Ленина, д. 67, кв. 12, подъезд 3",
        "обращение № 89134445566",
        "№ 2026-0001234 от 23.11.2026",
        "ЦУР-2026-000123, i-1234567",
        "долг 89 134 445 566 рублей и 1 234 567,89 руб.",
        "с 8 до 17, 8 9 10 11 12 декабря, дома 5, 7, 9, 11, 13",
        "655017, Республика Хакасия",
        "автобус 8, 10, 12; 2025-2026 годы; 53.72 91.44",
        "показания 12345678 и 0001234567",
        "с 22-11 по 24-11 не было воды",
        "4111111111111112",
        "собака @ дома, @user",
    ] {
        assert_eq!(mask(text), text);
    }
}

proptest! {
    #[test]
    fn a_phone_leaves_no_trace_whatever_stands_around(
        before in "[а-яА-Я ,:]{0,20}",
        code in prop::sample::select(vec!["913", "983", "923", "902"]),
        rest in "[0-9]{7}",
        prefix in prop::sample::select(vec!["+7", "8", "7"]),
        style in 0..4,
        after in "[а-яА-Я,;!]{0,20}",
    ) {
        let (a, b, c) = (&rest[..3], &rest[3..5], &rest[5..]);
        let number = match style {
            0 => format!("{prefix}{code}{rest}"),
            1 => format!("{prefix} {code} {a} {b} {c}"),
            2 => format!("{prefix} ({code}) {a}-{b}-{c}"),
            _ => format!("{prefix}-{code}-{a}-{b}-{c}"),
        };
        let text = format!("{before} {number} {after}");
        let masked = mask(&text);
        prop_assert!(!masked.bytes().any(|b| b.is_ascii_digit()), "{text} → {masked}");
        prop_assert!(masked.starts_with(&before) && masked.ends_with(&after));
    }

    #[test]
    fn masking_twice_is_masking_once(text in "[а-я0-9 .()+@№,a-z-]{0,80}") {
        let once = mask(&text).into_owned();
        prop_assert_eq!(mask(&once), once.as_str());
    }

    #[test]
    fn any_text_is_masked_without_panic(text in ".{0,60}") {
        mask(&text);
    }

    #[test]
    fn texts_without_numbers_stay(text in "[а-яА-Яa-zA-Z ,.!?№()+-]{0,80}") {
        prop_assert_eq!(mask(&text), text.as_str());
    }
}
