#!/usr/bin/env python3
"""Makes forms.zst, the dictionary of forms that search reads, and the lists that measure it.

    pip install pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142 wordfreq==3.1.1 \\
        simplemma==2.0.0 zstandard==0.25.0
    data/words/make.py dictionary      writes data/words/forms.zst
    data/words/make.py lists [--draw]  writes tests/data/words-{tuned,held-out}.tsv

Forms come from the OpenCorpora dictionary, how often a word is used from wordfreq. The lists
ask for words of the region's texts and of the common vocabulary; their forms come from another
source, the lemmatisation data of simplemma (Wiktionary and others). --draw also draws the words
of the lists anew; without it they stay the ones that were drawn before anything was tuned.
"""

import argparse
import math
import random
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pymorphy3
import wordfreq
import zstandard

TOP = Path(__file__).resolve().parents[2]
DICTIONARY = TOP / "data/words/forms.zst"
LISTS = [TOP / "tests/data/words-tuned.tsv", TOP / "tests/data/words-held-out.tsv"]

LEXEMES = 60_000
INFLECTED = {"NOUN", "ADJF", "INFN", "NUMR", "NPRO", "VERB", "PRTF", "COMP"}
# Names of people and firms, abbreviations, what has no forms: the stemmer's.
UNWANTED_WORDS = {"Name", "Surn", "Patr", "Abbr", "Init", "Fixd", "Erro", "Orgn", "Trad"}
UNWANTED_FORMS = {"Arch", "Erro", "Dist", "Abbr", "Init"}
# Comparatives and superlatives with these are found by rule: prefix, endings it goes with.
PREFIXES = {"наи": [], "по": ["ее", "ей", "же", "че", "ше", "ще"]}
# A word used 2^n times as often as this one weighs n.
RAREST = 2e-8

HEADER = """\
# Forms of Russian words. Made by data/words/make.py from the OpenCorpora dictionary
# (opencorpora.org, revision 417150, CC BY-SA 3.0) and the frequencies of wordfreq 3.1.1
# (CC BY-SA 4.0); this file is under CC BY-SA 4.0.
"""


def fold(word):
    return word.lower().replace("ё", "е")


def grammemes(tag):
    return set(str(tag).replace(" ", ",").split(","))


def common_beginning(words):
    first, last = min(words), max(words)
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]


def all_lexemes(analyzer):
    """(dictionary form, its grammemes, [(form, grammemes)]), everything folded."""
    known = analyzer.dictionary
    for word, (paradigm_id, index) in known.words.iteritems():
        if index:
            continue
        paradigm = known.paradigms[paradigm_id]
        count = len(paradigm) // 3
        parts = [
            (
                known.paradigm_prefixes[paradigm[2 * count + i]],
                known.suffixes[paradigm[i]],
                grammemes(known.gramtab[paradigm[count + i]]),
            )
            for i in range(count)
        ]
        stem = word[len(parts[0][0]) : len(word) - len(parts[0][1])]
        forms = [(fold(prefix + stem + suffix), tags) for prefix, suffix, tags in parts]
        yield fold(word), parts[0][2], forms


def wanted_lexemes(analyzer):
    """Sorted (dictionary form, forms) of the words that are inflected."""
    wanted = set()
    for lemma, tags, forms in all_lexemes(analyzer):
        if not tags & INFLECTED or tags & UNWANTED_WORDS or "-" in lemma:
            continue
        kept = {form for form, form_tags in forms if not form_tags & UNWANTED_FORMS}
        if lemma not in kept:
            continue
        by_rule = {prefix + form for form in kept for prefix in PREFIXES} & kept
        by_rule -= {lemma}
        kept -= by_rule
        if len(kept) > 1:
            wanted.add((lemma, tuple(sorted(kept))))
    return sorted(wanted)


def weights_of(lexemes):
    """How often each lexeme is used. A form of several counts for each by how often that one
    is used otherwise, which is found by going round twelve times."""
    frequency = defaultdict(float)
    for word, value in wordfreq.get_frequency_dict("ru", wordlist="large").items():
        frequency[fold(word)] += value
    users = defaultdict(list)
    for index, (_, forms) in enumerate(lexemes):
        for form in forms:
            if form in frequency:
                users[form].append(index)
    weights = [1.0] * len(lexemes)
    for _ in range(12):
        shares = [0.0] * len(lexemes)
        for form, indices in sorted(users.items()):
            parts = [weights[i] / len(lexemes[i][1]) for i in indices]
            total = sum(parts)
            for index, part in zip(indices, parts):
                if total:
                    shares[index] += frequency[form] * part / total
        weights = shares
    return weights


def by_use(lexemes, weights):
    return sorted(range(len(lexemes)), key=lambda i: (-weights[i], lexemes[i]))


def write_dictionary(analyzer):
    lexemes = wanted_lexemes(analyzer)
    weights = weights_of(lexemes)
    paradigms, stems = {}, []
    for index in by_use(lexemes, weights)[:LEXEMES]:
        lemma, forms = lexemes[index]
        stem = common_beginning(forms)
        # The dictionary form's ending comes first.
        endings = [lemma[len(stem) :]] + sorted({f[len(stem) :] for f in forms if f != lemma})
        number = paradigms.setdefault(tuple(e or "-" for e in endings), len(paradigms))
        weight = max(0, int(math.log2(max(weights[index], RAREST) / RAREST)))
        stems.append((stem, number, weight))
    stems.sort()
    lines = [" ".join([prefix, *endings]) for prefix, endings in PREFIXES.items()]
    lines += [""] + [" ".join(paradigm) for paradigm in paradigms]
    lines += [""] + [f"{stem or '-'} {number} {weight}" for stem, number, weight in stems]
    text = HEADER + "\n".join(lines) + "\n"
    packed = zstandard.ZstdCompressor(level=19).compress(text.encode())
    DICTIONARY.write_bytes(packed)
    print(f"{len(stems)} words, {len(paradigms)} paradigms, {len(packed)} bytes")


def field_words(analyzer, names):
    """Dictionary forms in the region's texts and topics."""
    texts = []

    def gather(node):
        if isinstance(node, str):
            texts.append(node.lower())
        elif isinstance(node, list):
            for part in node:
                gather(part)
        elif isinstance(node, dict):
            for key, part in node.items():
                if key not in ("code", "en", "streets"):
                    gather(part)

    for path in ("data/demo/texts.toml", "data/topics.toml"):
        gather(tomllib.loads((TOP / path).read_text()))
    words = set(re.findall("[а-яё]+", " ".join(texts)))
    first = {fold(analyzer.parse(word)[0].normal_form) for word in words}
    return sorted(first & names)


def draw(analyzer, common):
    """Two lists of 300: half of each from the texts, half of the 20,000 most used words."""
    dice = random.Random(20261124)
    field = field_words(analyzer, set(common))
    rest = [word for word in common[:20_000] if word not in set(field)]
    dice.shuffle(field)
    dice.shuffle(rest)
    return [sorted(field[at : at + 150] + rest[at : at + 150]) for at in (0, 150)]


def near_words(lemma, common, forms_of, count=3):
    """The most used other words with the longest common beginning, of three letters at least."""
    found = []
    for length in range(min(len(lemma), 6), 2, -1):
        for word in common[:30_000]:
            is_other = word != lemma and word not in found and not forms_of[word] <= forms_of[lemma]
            if is_other and word.startswith(lemma[:length]):
                found.append(word)
                if len(found) == count:
                    return found
    return found


def write_lists(analyzer, is_drawn):
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    forms_of, lemmas_of = defaultdict(set), defaultdict(set)
    for lemma, _, forms in all_lexemes(analyzer):
        for form, _ in forms:
            forms_of[lemma].add(form)
            lemmas_of[form].add(lemma)
    other = defaultdict(set)
    for form, lemma in DefaultDictionaryFactory().get_dictionary("ru").items():
        form, lemma = fold(as_text(form)), fold(as_text(lemma))
        # What the first source knows as another word's alone is a slip of the second.
        is_slip = form in lemmas_of and lemma not in lemmas_of[form]
        if re.fullmatch("[а-я]{2,}", form) and not is_slip:
            other[lemma].add(form)
    lexemes = wanted_lexemes(analyzer)
    order = by_use(lexemes, weights_of(lexemes))
    common = list(dict.fromkeys(lexemes[index][0] for index in order))
    if is_drawn:
        lists = draw(analyzer, common)
    else:
        lists = [
            [row.split("\t")[1] for row in path.read_text().splitlines() if row.startswith("ask")]
            for path in LISTS
        ]
    for path, asked in zip(LISTS, lists):
        near = [word for lemma in asked for word in near_words(lemma, common, forms_of)]
        near = sorted(set(near) - set(asked))
        texts = {form for lemma in asked + near for form in other[lemma] | {lemma}}
        rows = [
            "# kind, word, common beginning of its forms, endings, what the dictionary counts too;",
            "# made by data/words/make.py from the data of simplemma 2.0.0; see data/SOURCES.md",
        ]
        for kind, words in (("ask", asked), ("near", near)):
            for lemma in words:
                forms = sorted(other[lemma] | {lemma})
                stem = common_beginning(forms)
                endings = " ".join(form[len(stem) :] or "-" for form in forms)
                also = " ".join(sorted(forms_of[lemma] & texts - set(forms))) if kind == "ask" else ""
                rows.append(f"{kind}\t{lemma}\t{stem}\t{endings}\t{also}")
        path.write_text("\n".join(rows) + "\n")
        alone = [lemma for lemma in asked if len(other[lemma]) < 2]
        print(f"{path.name}: {len(asked)} asked, {len(near)} near, {len(texts)} forms; alone {alone}")


def as_text(word):
    return word.decode() if isinstance(word, bytes) else word


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["dictionary", "lists"])
    parser.add_argument("--draw", action="store_true")
    arguments = parser.parse_args()
    analyzer = pymorphy3.MorphAnalyzer(lang="ru")
    if arguments.what == "dictionary":
        write_dictionary(analyzer)
    else:
        write_lists(analyzer, arguments.draw)


main()
