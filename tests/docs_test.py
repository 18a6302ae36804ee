#!/usr/bin/env python3
"""docs/library.md shows the programs of examples/ as they are. --write puts them there."""

import re
import sys
from pathlib import Path

root = Path(__file__).parent.parent
page = root / "docs/library.md"
text = page.read_text()
shown = re.compile(r"<!-- (examples/\w+\.cpp) -->\n```cpp\n(.*?)```\n", re.DOTALL)
wanted = shown.sub(lambda match: f"<!-- {match[1]} -->\n```cpp\n{(root / match[1]).read_text()}```\n", text)
names = {match[1] for match in shown.finditer(text)}
if names != {str(path.relative_to(root)) for path in (root / "examples").glob("*.cpp")}:
    sys.exit(f"docs/library.md: needs to show every program of examples/, it shows {', '.join(sorted(names))}")
if "--write" in sys.argv:
    page.write_text(wanted)
elif wanted != text:
    sys.exit("docs/library.md: needs to show examples/ as they are, it does not: tests/docs_test.py --write")
print(f"docs: {len(names)} programs as in examples/")
