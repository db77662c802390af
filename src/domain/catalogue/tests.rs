use super::*;
use crate::domain::{CommandKind, CoordQuality, Language, MunicipalityKind, ViewRight};

fn failure<'a>(change: impl FnOnce(&mut Parts<'a>)) -> String {
    let mut parts: Parts<'a> = Parts::EMBEDDED;
    change(&mut parts);
    Catalogue::from_parts(&parts).unwrap_err().to_string()
}

fn oktmo(code: &str) -> Oktmo {
    code.parse().unwrap()
}

#[test]
fn every_key_has_names_in_both_languages() {
    let catalogue = Catalogue::embedded();
    let names = Block::ALL
        .iter()
        .map(|k| catalogue.block(*k))
        .chain(Source::ALL.iter().map(|k| catalogue.source(*k)))
        .chain(Regime::ALL.iter().map(|k| catalogue.regime(*k)))
        .chain(Status::ALL.iter().map(|k| catalogue.status(*k)))
        .chain(Role::ALL.iter().map(|k| &catalogue.role(*k).name))
        .chain(catalogue.topics.topics().iter().map(|t| &t.name));
    for name in names {
        assert!(name.is_complete(), "{name:?}");
        let latin = |text: &str| text.is_ascii();
        assert!(latin(name.full(Language::En)) && latin(name.short(Language::En)), "{name:?}");
        assert!(
            name.short(Language::Ru).chars().count() <= name.full(Language::Ru).chars().count()
        );
    }
    assert_eq!(catalogue.block(Block::Housing).short(Language::Ru), "ЖКХ");
    assert_eq!(catalogue.status(Status::InWork).full(Language::Ru), "В работе");
}

#[test]
fn the_thirteen_municipalities_add_up_to_the_region() {
    let catalogue = Catalogue::embedded();
    let all = &catalogue.municipalities;
    assert_eq!(all.len(), 13);
    assert_eq!(all.iter().map(|m| m.population_2021).sum::<u32>(), 534_795);
    assert!(all.is_sorted_by_key(|m| m.oktmo));
    let towns = all.iter().filter(|m| m.kind == MunicipalityKind::UrbanDistrict).count();
    assert_eq!(towns, 5);
    for (index, municipality) in (0u8..).zip(all) {
        assert_eq!(catalogue.municipality_by_oktmo(municipality.oktmo), Some(index));
        assert_eq!(catalogue.municipality_by_alias(&municipality.name), Some(index));
        assert!(catalogue.settlements_of(municipality.oktmo).count() > 0, "{}", municipality.name);
        assert!(municipality.en.is_ascii());
    }
    assert_eq!(catalogue.municipality_by_oktmo(oktmo("04701000")), None);
}

#[test]
fn a_municipality_is_known_under_many_names() {
    let catalogue = Catalogue::embedded();
    let found = |name: &str| {
        let index = catalogue.municipality_by_alias(name)?;
        Some(catalogue.municipality(index)?.oktmo.to_string())
    };
    for name in ["Абакан", "г. Абакан", "г.Абакан", "ГОРОД  АБАКАН", "МО г. Абакан", "Абакан г."]
    {
        assert_eq!(found(name).as_deref(), Some("95701000"), "{name}");
    }
    for name in ["Аскизский район", "Аскизский муниципальный район", "Аскизский р-н", "аскизский"]
    {
        assert_eq!(found(name).as_deref(), Some("95608000"), "{name}");
    }
    assert_eq!(found("Усть–Абаканский район").as_deref(), Some("95630000"));
    for name in ["", "Красноярск", "район", "Алтайский край", "Республика Алтай"]
    {
        assert_eq!(found(name), None, "{name}");
    }
}

#[test]
fn settlements_are_found_by_code_and_by_unambiguous_name() {
    let catalogue = Catalogue::embedded();
    assert_eq!(catalogue.settlements.len(), 105);
    for (index, settlement) in (0u16..).zip(&catalogue.settlements) {
        assert_eq!(catalogue.settlement_by_code(&settlement.code), Some(index));
        // The box of the region with a margin of a kilometre or two.
        assert!((51.27..55.45).contains(&settlement.lat), "{}", settlement.code);
        assert!((87.84..91.95).contains(&settlement.lon), "{}", settlement.code);
    }
    let askizsky = catalogue.municipality_by_oktmo(oktmo("95608000"));
    let by_name = |municipality, name| {
        let index = catalogue.settlement_by_name(municipality, name)?;
        catalogue.settlement(index).map(|s| &*s.code)
    };
    assert_eq!(by_name(askizsky, "Аскиз"), None, "a village and a settlement bear that name");
    assert_eq!(by_name(askizsky, "с. Аскиз"), Some("askiz-s"));
    assert_eq!(by_name(None, "рп Аскиз"), Some("askiz-rp"));
    assert_eq!(by_name(None, "Черемушки"), Some("cheryomushki-rp"));
    assert_eq!(by_name(askizsky, "Абакан"), None);
    assert_eq!(by_name(Some(200), "Абакан"), None);
    let abakan =
        &catalogue.settlements[usize::from(catalogue.settlement_by_code("abakan-g").unwrap())];
    assert_eq!((abakan.population_2021, abakan.quality), (Some(184_769), CoordQuality::Good));
}

#[test]
fn the_taxonomy_covers_every_block_down_to_facts() {
    let catalogue = Catalogue::embedded();
    let topics = &catalogue.topics;
    let leaves: Vec<u16> = topics.leaves().collect();
    assert!((60..=80).contains(&leaves.len()), "{} leaves", leaves.len());
    for leaf in &leaves {
        let topic = topics.get(*leaf).unwrap();
        assert_eq!(topic.level, crate::domain::TopicLevel::Fact, "{}", topic.code);
        assert_eq!(topics.ancestors(*leaf).count(), 2, "{}", topic.code);
    }
    for block in Block::ALL.iter().copied() {
        let count = leaves.iter().filter(|i| topics.get(**i).unwrap().block == block).count();
        assert!(count >= 4, "{block} has {count} leaves");
    }
    assert_eq!(topics.by_code("zhkh.heat.radiators.cold").unwrap().block, Block::Housing);
}

#[test]
fn rights_follow_the_duties() {
    let catalogue = Catalogue::embedded();
    let may = |role, command| catalogue.role(role).may(command);
    assert!(may(Role::Duty, CommandKind::Take) && !may(Role::Duty, CommandKind::Approve));
    assert!(may(Role::BlockLead, CommandKind::Approve));
    for role in Role::ALL.iter().copied() {
        let rights = catalogue.role(role);
        assert!(
            !(rights.may(CommandKind::Submit) && rights.may(CommandKind::Approve)),
            "{role} both prepares and approves answers"
        );
        assert!(rights.may_view(ViewRight::SeeAggregates), "{role}");
        assert_eq!(rights.may_view(ViewRight::SetTargets), role == Role::Curator);
    }
    for command in CommandKind::ALL.iter().copied() {
        assert!(Role::ALL.iter().any(|r| may(*r, command)), "nobody may {command}");
    }
}

#[test]
fn mistakes_name_file_and_line() {
    let edit = |file: DataFile<'_>, from: &str, to: &str| {
        assert!(file.text.contains(from));
        file.text.replacen(from, to, 1)
    };
    let embedded = Parts::EMBEDDED;

    let text = edit(embedded.blocks, "tko ", "tok ");
    assert_eq!(failure(|p| p.blocks.text = &text), "data/blocks.toml, line 1: `tko` is missing");
    let text = format!("{}sport = {{ ru = \"Спорт\", en = \"Sport\" }}\n", embedded.blocks.text);
    let line = text.lines().count();
    assert_eq!(
        failure(|p| p.blocks.text = &text),
        format!("data/blocks.toml, line {line}: `sport` is not known")
    );
    let text = edit(embedded.statuses, "\"Новое\"", "\" \"");
    assert!(failure(|p| p.statuses.text = &text).ends_with("a name is blank"));
    let text = edit(embedded.roles, "\"prioritise\"", "\"obey\"");
    assert!(failure(|p| p.roles.text = &text).starts_with("data/roles.toml, line "));

    let text = edit(embedded.municipalities, "oktmo = 95608000", "oktmo = 95605000");
    assert!(failure(|p| p.municipalities.text = &text).ends_with("95605000 stands twice"));
    let text = edit(embedded.municipalities, "\"Аскизский р-н\"", "\"Абакан\"");
    assert!(failure(|p| p.municipalities.text = &text).contains("as well"));

    let text = edit(embedded.settlements, "95605000", "04605000");
    assert_eq!(
        failure(|p| p.settlements.text = &text),
        "data/settlements.csv, line 2: settlement `arshanovo-s` is in no municipality of ours"
    );
    let text = edit(embedded.settlements, "53.4,91.06", "91.06,53.4");
    assert!(failure(|p| p.settlements.text = &text).contains("line 2: settlement `arshanovo-s`"));
    let text = edit(embedded.settlements, "53.4,91.06", "NaN,91.06");
    assert!(failure(|p| p.settlements.text = &text).ends_with("is not on the globe"));
}
