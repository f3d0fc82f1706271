"""Faults for real servers. Each is a profile of its own in a copy of the project, so that one run tries many: the stacks of a
run share nothing. What is planted: lines that go to the end of a profile's file, and programs that take the place of the
image's own. `$$` is what Compose makes a `$` of.
"""
import dataclasses

from program import ProgramTest, server


@dataclasses.dataclass(frozen=True)
class Fault:
    change: object = ""  # lines for the end of the file that it is made from, or a function that changes the text of that
    tools: dict = dataclasses.field(default_factory=dict)  # texts of programs, by their path in the container
    base: str = "readonly"

    def plant(self, folder, name):
        """Writes the profile `name` into the folder of a service. Programs are mounted, because the root may be read-only; each
        must be found first in the PATH of the container."""
        before = (folder / f"{self.base}.yaml").read_text()
        after = self.change(before) if callable(self.change) else before + self.change
        if self.tools:
            after += "    volumes:\n" + "".join(f"      - ./planted/{name}{path}:{path}:ro\n" for path in self.tools)
        assert before != after, "the change did not change anything"
        (folder / f"{name}.yaml").write_text(after)
        for path, text in self.tools.items():
            file = folder / f"planted/{name}{path}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755)


class FaultyProfiles(ProgramTest):
    """Runs over faults, each run made once for the class, when its first test asks for it."""

    service = "postgres"
    RUNS = ()  # (arguments, {name of the profile: Fault})

    @classmethod
    def setUpClass(cls):
        cls.place = cls.shared_by_class()
        cls.home = cls.place.copy_of_project()
        cls.done = {}

    def run_with(self, profile):
        arguments, faults = next(run for run in self.RUNS if profile in run[1])
        if arguments not in self.done:
            for name, fault in faults.items():
                fault.plant(self.home / "compose" / self.service, name)
            self.done[arguments] = self.place.rootseal("run", "--service", self.service, "--profile", ",".join(faults), *arguments,
                                                       env={"ROOTSEAL_HOME": str(self.home)})
            self.place.assert_clean_engine(self.done[arguments])
        return self.done[arguments]

    def stack(self, profile):
        return f"{server(self.service)}/{profile}"

    @staticmethod
    def not_green(rows):
        return [row for row in rows if row["verdict"] not in ("pass", "skipped")]

    def assert_fails_the_run(self, run, profile):
        self.assert_status(1, run)
        self.assertTrue(any(self.stack(profile) in reason for reason in run.record["run"]["reasons"]), run.why())


def entrypoint(script):
    """The server is started by `script`, in bash."""
    lines = "".join(f"        {line}\n" for line in script.splitlines())
    return "    entrypoint:\n      - bash\n      - -euc\n      - |\n" + lines


# PostgreSQL. With its server down, SQL reaches the data through the server's single-user mode, a line for each statement.
def before_the_start(where, statement):
    return entrypoint(f"""if [ -e "$$PGDATA/{where}" ]; then
  setpriv --reuid=postgres --regid=postgres --init-groups postgres --single -D "$$PGDATA" rootseal <<'SQL'
{statement}
SQL
fi
exec docker-entrypoint.sh postgres""")


# After a crash, and only then, an acknowledged entry is taken out of every ledger.
LOSES_ONE = before_the_start("postmaster.pid", "do $$$$ declare t text; begin "
                             r"for t in select tablename from pg_tables where tablename like 'rs\_%' loop "
                             "execute format('delete from %I where number = 7', t); end loop; end $$$$")
# Where the data were prepared by another server, as for a launch.
LOSES_AN_INDEX = before_the_start("PG_VERSION",
                                  "alter table if exists select_one_row.rows drop constraint if exists rows_pkey")
TELLS_ITS_PASSWORD = entrypoint("cat /run/secrets/password; exec docker-entrypoint.sh postgres")
WRITES_ITS_PASSWORD = entrypoint("cp /run/secrets/password /var/log/postgresql/start.log\nexec docker-entrypoint.sh postgres")


def on_a_writable_root(change):
    """The control again, as a candidate, with a change. Its own lines come from the file that every profile adds to."""
    return lambda control: (control[: control.index("\nservices:")].replace("role: control", "role: candidate")
                            + "\nservices:\n  server:\n" + change)


LOGS_NOWHERE = "    command: [postgres, -c, log_min_messages=panic]\n"
TMPFS = "    tmpfs:\n      - /var/run/postgresql:size=1m,mode=0775,uid=999,gid=999,noexec,nosuid,nodev\n"
RUN_VOLUME = "    volumes:\n      - run:/var/run/postgresql\n"
PROGRAMS_VOLUME = "    volumes:\n      - programs:/usr/local/bin\n\nvolumes:\n  programs:\n"

# A dump has a heading over every object, and one over the rows of every table.
PSQL_THAT_LEAVES_OUT_A_TABLE = r"""#!/bin/sh
awk '/^-- (Name|Data for Name): / {left_out = / Name: empty; /} !left_out' | /usr/bin/psql "$@"
"""
PG_RESTORE_THAT_LOSES_A_TABLE = r"""#!/bin/bash
/usr/bin/pg_restore "$@" && /usr/bin/psql "${@:1:5}" --quiet --command 'drop table public.empty'
"""
PG_DUMP_OF_ANOTHER_VERSION = r"""#!/bin/sh
echo 'pg_dump: error: aborting because of server version mismatch' >&2
exit 1
"""


# RabbitMQ. The broker starts where nobody else reaches it, gives away the oldest message of every queue, and starts again.
def gives_one_away(when):
    return entrypoint(when + """
if [ "$$now" ]; then
  RABBITMQ_NODE_PORT=5673 docker-entrypoint.sh rabbitmq-server &
  until rabbitmqctl --quiet await_startup; do sleep 0.2; done
  rabbitmqctl --quiet eval '[gen_server2:call(amqqueue:get_pid(Q), {basic_get, self(), true, self()}, infinity)
    || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_classic_queue].'
  rabbitmqctl --quiet shutdown
  wait
fi
exec docker-entrypoint.sh rabbitmq-server""")


# The store of messages of a broker that ended in good order says so in a file.
AFTER_A_CRASH = gives_one_away("""now=
for store in /var/lib/rabbitmq/mnesia/*/msg_stores/vhosts/*/msg_store_persistent; do
  [ ! -d "$$store" ] || [ -e "$$store/clean.dot" ] || now=yes
done""")
# A file that names its own inode tells a copy of the volume from the volume.
ON_A_COPY = gives_one_away("""now=
inode=/var/lib/rabbitmq/.inode
[ ! -e "$$inode" ] || [ "$$(cat "$$inode")" = "$$(stat -c %i "$$inode")" ] || now=yes
stat -c %i "$$inode" >"$$inode" """)
# The broker's own tracer: every message is published a second time, into queues that somebody bound to look at them. The
# profile says that it is on, so that what it costs is judged. The port opens when it is.
TRACING_IS_DECLARED = "  settings: [trace_vhosts, tcp_listeners]\n  logs: console\n"
TRACES_EVERYTHING = entrypoint("""export RABBITMQ_NODE_PORT=5673
(until rabbitmqctl --quiet await_startup; do sleep 0.2; done
 rabbitmqctl --quiet trace_on
 rabbitmqctl --quiet eval 'Of = fun(Kind, Name) -> rabbit_misc:r(<<"/">>, Kind, Name) end,
   [begin rabbit_amqqueue:declare(Of(queue, Name), false, false, [{<<"x-max-length">>, long, 100}], none, <<"me">>),
     rabbit_binding:add({binding, Of(exchange, <<"amq.rabbitmq.trace">>), <<"#">>, Of(queue, Name), []}, <<"me">>)
   end || Name <- [<<"one">>, <<"two">>, <<"three">>, <<"four">>]],
   rabbit_networking:start_tcp_listener(5672, 10).') &
exec docker-entrypoint.sh rabbitmq-server""")
LOGS_TO_NOBODY = "    logging: {driver: none}\n"
TMP = "    tmpfs:\n      - /tmp:size=1m\n"

# To the environment of the profile, which stands at its end.
FOUND_FIRST = "      PATH: /opt/planted:/opt/rabbitmq/sbin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin\n"
RABBITMQCTL_THAT_FORGETS_A_QUEUE = r"""#!/bin/bash
/opt/rabbitmq/sbin/rabbitmqctl "$@" || exit
[[ " $* " == *' import_definitions '* ]] || exit 0
for vhost in $(/opt/rabbitmq/sbin/rabbitmqctl --silent list_vhosts name); do
  /opt/rabbitmq/sbin/rabbitmqctl --silent delete_queue stray --vhost "$vhost" >&2 || :
done
"""
