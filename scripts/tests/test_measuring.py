"""Verdicts on slowdowns of known origin. They rest on the statistics of figures that a busy machine spreads, so they are no part
of the default run: `scripts/test.sh measuring` runs them, on a machine that does nothing else. What the rules make of given
figures, some of them from a busy machine, is tested in harness/verdict/."""
import unittest

import planted
from planted import Fault, FaultyProfiles
from program import server


class PlantedSlowdowns(FaultyProfiles):
    def assert_only_this_is_slower(self, run, profile, workload):
        self.assert_status(1, run)
        self.assertEqual([], self.not_green(run.record["checks"]))
        failed = [c for c in run.record["comparisons"] if c["verdict"] == "fail"]
        self.assertEqual({(self.stack(profile), workload)}, {(c["stack"], c["workload"]) for c in failed}, failed)
        return {c["metric"]: c for c in failed}


class PostgresSlowdowns(PlantedSlowdowns):  # idle: 60 s
    RUNS = ((("--quick", "--suite", "performance", "--workload", "*_one_row"), {"lost-index": Fault(planted.LOSES_AN_INDEX)}),)

    def test_an_index_that_is_missing_makes_its_workload_slower_and_no_other(self):
        failed = self.assert_only_this_is_slower(self.run_with("lost-index"), "lost-index", "select_one_row")
        self.assertIn("throughput", failed)

    def test_a_side_that_does_half_of_its_work_twice_fails_the_run_and_is_named(self):
        stack = f"{server('postgres')}/readonly"
        run = self.rootseal("run", "--quick", "--service", "postgres", "--profile", "readonly", "--suite", "performance",
                            "--workload", "select_one_row", "--launches", "6", "--plant", f"{stack}=0.5")
        row = self.assert_only_this_is_slower(run, "readonly", "select_one_row")["throughput"]
        self.assertLess(row["ci_high"], 1 - row["margin"])
        self.assertTrue(any(stack in r and "select_one_row" in r for r in run.record["run"]["reasons"]), run.why())
        self.assert_clean_engine(run)


class RabbitMqSlowdowns(PlantedSlowdowns):  # idle: 60 s
    service = "rabbitmq"
    RUNS = ((("--quick", "--suite", "performance", "--workload", "confirmed_publish",
              "--launches", "6"),  # it costs a fifth: three launches tell no more than a tenth in a noisy minute
             {"tracer": Fault(lambda t: t.replace("  logs: console\n", planted.TRACING_IS_DECLARED) + planted.TRACES_EVERYTHING)}),)

    def test_a_tracer_that_somebody_left_on_makes_publishing_slower(self):
        self.assert_only_this_is_slower(self.run_with("tracer"), "tracer", "confirmed_publish")


if __name__ == "__main__":
    unittest.main()
