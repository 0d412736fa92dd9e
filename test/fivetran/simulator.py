"""The simulated Bolt API, as a process of its own."""

import json
import subprocess
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Simulator:
    def __init__(self, *flags):
        self._process = subprocess.Popen(
            ["node", str(ROOT / "bin" / "bolt-eci-tap.js"), "simulate", "--port", "0", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = self._process.stdout.readline().strip()

    def close(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()

    @property
    def configuration(self):
        """Settings to sync from it, all text as Fivetran hands them on."""
        return {
            "base_url": self.url,
            "api_token": "simulated-token",
            "api_token_name": "simulator",
            "calls_per_second": "1000",
            "calls_per_hour": "1000000",
            "max_retries": "0",
            "streams": "",
        }

    def control(self, name, **body):
        request = urllib.request.Request(f"{self.url}/_simulator/{name}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def calls(self):
        with urllib.request.urlopen(f"{self.url}/_simulator/calls", timeout=30) as answer:
            return json.load(answer)

    def rows(self, stream):
        """The rows as the API would send them now, unshaped."""
        with urllib.request.urlopen(f"{self.url}/_simulator/rows/{stream}", timeout=30) as answer:
            return [json.loads(line) for line in answer if line.strip()]
