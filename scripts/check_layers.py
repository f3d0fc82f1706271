#!/usr/bin/env python3
"""Checks that includes point one way: only to strictly lower layers or into the own folder.

Also: which room may include which library, that test frameworks stay out of the harness, and that no service is named
outside the folders that carry its name. Exit status 0: clean; 1: violations, one line each; --self-test plants one of
each kind in a scratch tree and exits 0 only if every one is found.
"""
import pathlib
import re
import sys
import tempfile

LAYERS = {
    "core": 0, "stats": 0,
    "process": 1, "record": 1,
    "wire": 2, "verdict": 2, "engine": 2,
    "report": 3, "profile": 3, "service": 3,  # reports show what verdict/ recommends
    "attack": 4, "discover": 4, "services": 4,
    "run": 5, "cli": 6,
}
STANDS_ALONE = {"scan"}
# What scenarios/ may include of the harness: they are handed stacks, they neither own nor judge them.
SCENARIO_ROOMS = {"core", "stats", "process", "record", "wire", "engine", "service", "services"}
# library header -> where it may be included (path prefixes)
LIBRARIES = {
    r"boost/process": ["harness/process/"],
    r"(gtest|gmock)/": ["scenarios/", "TESTS"],
    r"benchmark/benchmark\.h": ["scenarios/"],
    r"CLI/": ["harness/cli/"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources(root):
    for top in ("harness", "scenarios"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".h", ".c"):
                yield path


def is_test(path):
    return path.stem.endswith("_test") or "integration" in path.parts


def room_of(parts):
    """("harness", "services", "postgres") -> ("services", "postgres"); scenarios likewise."""
    second = parts[2] if parts[1] == "services" and len(parts) > 3 else None
    return parts[1], second


def check_project_include(path, parts, included, room_names):
    target = included.split("/")
    room = target[0]
    if len(target) < 2 or room not in room_names:
        return f"includes \"{included}\": write it from the room's name, as \"room/file.hpp\""
    if parts[0] == "scenarios":
        own, inside = parts[1], room in ("testing", parts[1])
        if inside:
            return None
        if room not in SCENARIO_ROOMS:
            return f"scenarios may not include {room}/ (allowed: {', '.join(sorted(SCENARIO_ROOMS))})"
        if room == "services" and target[1] != own:
            return f"only scenarios/{target[1]} may include services/{target[1]}/"
        return None
    room_here, service_here = room_of(parts)
    if room == room_here:
        if service_here and target[1] != service_here and len(target) > 2:
            return f"service {service_here} includes service {target[1]}"
        return None
    if room_here in STANDS_ALONE or room in STANDS_ALONE:
        return f"{room_here}/ includes {room}/, but {'/'.join(sorted(STANDS_ALONE))} stands alone"
    if room not in LAYERS or room_here not in LAYERS:
        return f"{room_here}/ or {room}/ has no layer: give it one in scripts/check_layers.py"
    if LAYERS[room] >= LAYERS[room_here]:
        return f"layer {LAYERS[room_here]} ({room_here}/) includes layer {LAYERS[room]} ({room}/)"
    return None


def check_library_include(path, rel, included, services):
    for pattern, allowed in LIBRARIES.items():
        if not re.match(pattern, included):
            continue
        fits = any(rel.startswith(a) for a in allowed) or ("TESTS" in allowed and is_test(path))
        if not fits:
            return f"includes <{included}>, which belongs in {', '.join(allowed)}"
    for service, headers in services.items():
        if included in headers and f"/{service}/" not in "/" + rel:
            return f"includes <{included}>, which belongs to service {service}"
    return None


def protocol_headers(root):
    """The client libraries' headers that each service's own folder includes with <...> and nobody else may."""
    known = re.compile(r"(libpq.*|postgres_ext\.h|amqp.*|rabbitmq-c/.*|hiredis/.*|mysql/.*|mariadb/.*)")
    services = {}
    for folder in sorted((root / "harness/services").glob("*/")):
        found = set()
        for path in folder.rglob("*.?pp"):
            found |= {inc for kind, inc in INCLUDE.findall(path.read_text(errors="replace")) if known.fullmatch(inc)}
        services[folder.name] = found
    return services


def service_names_outside(root, services):
    """Code outside the folders of a service must not name it: else a new service would need edits there."""
    problems = []
    for path in sources(root):
        rel = path.relative_to(root).as_posix()
        if is_test(path) or pathlib.PurePath(rel).name.startswith("sample"):
            continue
        text = re.sub(r"//[^\n]*", "", path.read_text(errors="replace"))
        for service in services:
            if f"/{service}/" in "/" + rel:
                continue
            match = re.search(rf"{service}", text, re.I)
            if match:
                line = text[: match.start()].count("\n") + 1
                problems.append(f"{rel}:{line}: names service '{service}' outside its folders")
    return problems


def check(root):
    problems = []
    room_names = set(LAYERS) | STANDS_ALONE | {p.name for p in (root / "scenarios").glob("*/")}
    services = protocol_headers(root)
    for path in sources(root):
        rel = path.relative_to(root).as_posix()
        parts = path.relative_to(root).parts
        text = path.read_text(errors="replace")
        for match in INCLUDE.finditer(text):
            kind, included = match.groups()
            line = text[: match.start()].count("\n") + 1
            problem = (check_project_include(path, parts, included, room_names) if kind == '"'
                       else check_library_include(path, rel, included, services))
            if problem:
                problems.append(f"{rel}:{line}: {problem}")
    return problems + service_names_outside(root, services)


PLANTED = {
    "harness/core/up.cpp": ('#include "engine/docker.hpp"\n', "layer 0"),
    "harness/verdict/side.cpp": ('#include "report/report.hpp"\n', "layer 2"),
    "harness/scan/friend.cpp": ('#include "core/error.hpp"\n', "stands alone"),
    "harness/run/frame.cpp": ("#include <gtest/gtest.h>\n", "belongs in"),
    "harness/engine/bp.cpp": ("#include <boost/process.hpp>\n", "belongs in"),
    "harness/run/wire.cpp": ("#include <libpq-fe.h>\n", "belongs to service alpha"),
    "scenarios/any/own.cpp": ('#include "run/plan.hpp"\n', "may not include"),
    "scenarios/any/spy.cpp": ('#include "services/alpha/client.hpp"\n', "only scenarios/alpha"),
    "harness/attack/name.cpp": ('const char* s = "alpha";\n', "names service 'alpha'"),
    "harness/services/beta/x.cpp": ('#include "services/alpha/client.hpp"\n', "service beta includes"),
    "harness/core/relative.cpp": ('#include "error.hpp"\n', "from the room's name"),
}


def self_test():
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        clean = {"harness/services/alpha/client.hpp": "#include <libpq-fe.h>\n", "scenarios/alpha/crud.cpp":
                 '#include "services/alpha/client.hpp"\n', "harness/engine/docker.hpp": '#include "core/error.hpp"\n'}
        for name, text in clean.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        if check(root):
            print("self-test: a clean tree was not clean:", *check(root), sep="\n  ")
            return 1
        missed = 0
        for name, (text, expected) in PLANTED.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if not any(name in p and expected in p for p in check(root)):
                print(f"self-test: the violation planted in {name} was not found ({expected})")
                missed += 1
            path.unlink()
        print(f"self-test: {len(PLANTED) - missed} of {len(PLANTED)} planted violations found")
        return 1 if missed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    problems = check(root)
    print(*problems, sep="\n") if problems else print("layers: includes point one way, no service named outside its rooms")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
