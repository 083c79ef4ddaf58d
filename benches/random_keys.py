#!/usr/bin/env python3
"""Counts how many random keys of each generator leakey reports as a leak with the exact value.

usage: benches/random_keys.py [LEAKEY] [KEYS] [SEED]      defaults: target/release/leakey, 200, 1
"""
import base64, json, os, random, string, subprocess, sys, tempfile, uuid
leakey = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/leakey")
count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
letters = string.ascii_letters + string.digits
django = string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)"
wordpress = letters + "!@#$%^&*()-_ []{}<>~`+=,.;:/?|"
pick = lambda alphabet, n: "".join(rng.choice(alphabet) for _ in range(n))
b64 = lambda n: base64.b64encode(rng.randbytes(n)).decode()
url = lambda n: base64.urlsafe_b64encode(rng.randbytes(n)).rstrip(b"=").decode()
generators = {"django": lambda: pick(django, 50), "django-insecure": lambda: "django-insecure-" + pick(django, 50),
    "wordpress": lambda: pick(wordpress, 64), "laravel": lambda: "base64:" + b64(32), "uuid4": lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4))}
for n in (32, 50, 64): generators[f"base62 {n}"] = lambda n=n: pick(letters, n)
for n in (32, 64, 128): generators[f"hex {n}"] = lambda n=n: rng.randbytes(n // 2).hex()
for n in (32, 64): generators[f"base64 of {n}"] = lambda n=n: b64(n)
for n in (32, 64): generators[f"base64url of {n}"] = lambda n=n: url(n)
with tempfile.TemporaryDirectory() as folder:
    for name, make in generators.items():
        keys, shares = [make() for _ in range(count)], []
        for file, line in (("keys.py", 'A{}_SECRET_KEY = "{}"\n'), (".env", "A{}_SECRET_KEY={}\n")):
            path = os.path.join(folder, file)
            with open(path, "w") as out: out.writelines(line.format(i, key) for i, key in enumerate(keys))
            run = subprocess.run([leakey, "scan", "--profile", "audit", "--no-config", "--format", "json", "--show-secrets", path], capture_output=True)
            found = {(o["start_line"], f["secret"]["value"]) for f in json.loads(run.stdout)["findings"] if f["kind"] == "leak" for o in f["occurrences"]}
            shares.append(sum((i + 1, key) in found for i, key in enumerate(keys)) / count)
        print(f"{name:18} .py {shares[0]:7.2%}  .env {shares[1]:7.2%}")
