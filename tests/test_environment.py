"""Setting up: what is installed when, and where torch comes from."""

import http.server
import sys
import threading

import pytest

from tools import environment


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with two requirement files, an empty .venv, and a pip that only writes down its calls."""
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6\ntorch==2.13.0  # networks\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt  # all of it\npytest==9.2.0\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(environment, "VENV_DIR", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    monkeypatch.setenv("TORCH_INDEX", "")
    return tmp_path


@pytest.fixture
def pip_calls(monkeypatch):
    calls = []
    monkeypatch.setattr(environment.subprocess, "run", lambda command, **_: calls.append(command))
    return calls


@pytest.fixture
def index():
    """An index of packages on this machine."""

    class Quiet(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/whl/cpu"
        server.shutdown()


def test_installs_once(project, pip_calls):
    environment.install(project / "requirements-dev.txt")
    assert [call[-1] for call in pip_calls] == ["torch==2.13.0", str(project / "requirements-dev.txt")]
    environment.install(project / "requirements-dev.txt")
    environment.install(project / "requirements.txt")  # was included
    assert len(pip_calls) == 2


def test_installs_again_when_an_included_file_changes(project, pip_calls):
    environment.install(project / "requirements-dev.txt")
    (project / "requirements.txt").write_text("numpy==2.4.7\n")
    environment.install(project / "requirements-dev.txt")
    assert len(pip_calls) == 3


def test_failed_install_leaves_no_stamp(project, monkeypatch):
    def fail(command, **_):
        raise environment.subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environment.subprocess, "run", fail)
    with pytest.raises(environment.subprocess.CalledProcessError):
        environment.install(project / "requirements.txt")
    assert list((project / ".venv").iterdir()) == []


def test_index_that_answers_is_added_to_pips_own(monkeypatch, index):
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    monkeypatch.setenv("TORCH_INDEX", index)
    assert environment.torch_options("torch==0.0.1") == ["--extra-index-url", index]


def test_index_that_does_not_answer_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    monkeypatch.setenv("TORCH_INDEX", "http://127.0.0.1:9/whl/cpu")
    assert environment.torch_options("torch==0.0.1") == []
    assert "does not answer" in capsys.readouterr().out


def test_no_index_is_asked_where_none_is_named(monkeypatch):
    monkeypatch.setenv("TORCH_INDEX", "")
    monkeypatch.setattr(environment, "answers", lambda _: pytest.fail("asked"))
    assert environment.torch_options("torch==2.13.0") == []


def test_python_without_venv_is_told_what_to_install(project, monkeypatch):
    monkeypatch.setattr(environment, "PYTHON", project / "no-python")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(environment.debian, "apt", lambda: None)
    with pytest.raises(SystemExit, match=r"apt-get install python3\.\d+-venv"):
        environment.make_venv()


def test_debian_without_venv_gets_it(project, monkeypatch, pip_calls):
    installed = []
    monkeypatch.setattr(environment, "venv_version", lambda: None)
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: (name == "ensurepip" and installed) or None
    )
    monkeypatch.setattr(environment.debian, "install", lambda *packages: not installed.extend(packages))
    environment.make_venv()
    assert installed == ["python{}.{}-venv".format(*sys.version_info)]
    assert pip_calls == [[sys.executable, "-m", "venv", "--clear", str(project / ".venv")]]


def test_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 9))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        environment.main([])
