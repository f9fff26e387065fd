"""A list comes back whatever its addresses look like, and nothing is written that no reader would take."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run

ADDRESSES = [
    "https://en.wikipedia.example/wiki/A_[b]",
    "https://x.example/%zz",
    "http://x.example:abc/",
    "https://doi.org/10.1002/(SICI)1099-9999(19980815/30)17:15/16%3C1661::AID-TIDE9%3E3.0.CO;2-2",
    "https://doi.org/10.1234/tide%23one",
    "https://doi.org/10.1234/tide%ff",
    "https://x.example/\x7f",
    "https://x.example/\ue000",
    "https://x.example/潮",
    "https://[::1",
    "https://huggingface.co/a/b%22c",
    "https://github.com/a/b%3Cc",
    "https://openreview.net/forum?id=%3C",
    "HTTPS://X.EXAMPLE/a|b",
    "https://x.example/{a}",
    "https://x.example/\\a^`",
]


def test_a_list_of_odd_addresses_comes_back(tmp_path: Path, run: Run) -> None:
    text = "# Odd\n\n" + "".join(f"- [Paper Number {n} on Harbours]({url}) at Tides\n" for n, url in enumerate(ADDRESSES))
    document, data = tmp_path / "odd.md", tmp_path / "data"
    document.write_text(text, encoding="utf-8")
    assert run("import", document, "--to", data, "--source", "https://x.example/odd").status == 0
    assert run("view", "published", "--data", data).stdout == text
    assert run("check", "--data", data).status in (0, 1)
    assert run("query", "papers", "--data", data).status == 0


@pytest.mark.parametrize("source", ["not a url", "https://x.org/[a]", "https://x.org/a b", "file:///etc/passwd"])
def test_a_source_that_is_no_address_is_refused(source: str, tmp_path: Path, run: Run) -> None:
    document = tmp_path / "list.md"
    document.write_text("- [A Paper on Harbours](https://x.example/a)\n")
    for command in ("import", "match"):
        done = run(command, document, "--to", tmp_path / "data", "--source", source)
        assert done.status == 2
        assert "no absolute http(s) URL" in done.stderr
    assert not (tmp_path / "data").exists()
