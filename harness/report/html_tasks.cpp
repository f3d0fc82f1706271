#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/html.hpp"
#include "report/recommendations.hpp"
#include "report/text.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using record::Stack;
using record::Task;

struct TaskLine {
  std::string id, title;
  bool changes = false;  // on a candidate
};

std::vector<const Stack*> stacks_with_tasks(const Record& record, const std::string& server) {
  std::vector<const Stack*> all;
  for (const auto& stack : record.stacks) {
    const bool tried = std::any_of(record.tasks.begin(), record.tasks.end(),
                                   [&](const Task& task) { return base_of(task.stack) == stack.id; });
    if (tried && is_main(stack) && server_of(stack.id) == server) all.push_back(&stack);
  }
  return all;
}

std::vector<TaskLine> task_lines(const Record& record, const std::string& server) {
  std::vector<TaskLine> all;
  for (const Task& task : record.tasks) {
    if (server_of(task.stack) != server) continue;
    auto at = std::find_if(all.begin(), all.end(), [&](const TaskLine& line) { return line.id == task.id; });
    if (at == all.end()) at = all.insert(all.end(), {task.id, task.title, false});
    at->changes = at->changes || (!task.works && role_of(record, task.stack) == "candidate");
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const TaskLine& a, const TaskLine& b) { return a.changes > b.changes; });
  return all;
}

Markup small(const Markup& inside) { return element("span", inside, {{"class", "where"}}); }

Cell cell_of(const Task& task) {
  if (task.works) return {badge(Mood::good, "works") + small(Markup::text(task.happened))};
  Markup text = badge(Mood::open, "not that way");
  if (!task.happened.empty()) text += small(Markup::text(task.happened));
  if (task.instead.empty()) return {text + small(Markup::text("nothing is known that does it")), Mood::open};
  text += element("p", Markup::text("Instead: ") + prose(task.instead));
  text += !task.instead_works   ? badge(Mood::quiet, "not tried")
          : *task.instead_works ? badge(Mood::good, "tried, works")
                                : badge(Mood::bad, "tried, does not work either");
  return {text, task.instead_works == true ? Mood::quiet : Mood::open};
}

Markup tasks_of_server(const Record& record, const std::string& server) {
  const auto columns = stacks_with_tasks(record, server);
  std::vector<Markup> head = heads({"what one does"});
  for (const auto* stack : columns) head.push_back(Markup::text(stack->profile));
  std::vector<CellRow> rows;
  for (const TaskLine& line : task_lines(record, server)) {
    CellRow row{{Markup::text(line.title) + small(Markup::text(line.id))}};
    for (const auto* stack : columns) {
      const auto at = std::find_if(record.tasks.begin(), record.tasks.end(), [&](const Task& task) {
        return task.id == line.id && base_of(task.stack) == stack->id;
      });
      row.push_back(at == record.tasks.end() ? Cell{Markup::text("-")} : cell_of(*at));
    }
    rows.push_back(std::move(row));
  }
  return cells(server + ": what developers and operators do, what changes first", head, rows);
}

Markup advice(const verdict::Recommendation& each) {
  Markup text = element("strong", Markup::text(each.title)) +
                Markup::text(" (" + each.kind + "; " + tried(each) + "). " + each.why, 1600);
  const Markup lines = element("pre", Markup::text(each.lines, 32'000));
  text += each.whole ? details(Markup::text("the files"), lines) : lines;
  return text + evidence("the evidence", each.evidence);
}

}  // namespace

Markup html_tasks(const Record& record) {
  Markup out = record.tasks.empty() ? Markup() : paragraph(Markup::text(how_to_read_tasks()));
  for (const auto& server : answers(record)) out += tasks_of_server(record, server.server);
  return section("tasks", "What changes for you", out);
}

Markup html_recommendations(const Record& record) {
  const auto all = verdict::recommend(record);
  if (all.empty()) return {};
  Markup out = paragraph(prose(how_to_use_recommendations()));
  std::string service;
  std::vector<Markup> list;
  const auto end_of_service = [&] {
    if (!list.empty()) out += element("h3", Markup::text(service)) + Markup::raw("\n") + items(list);
    list.clear();
  };
  for (const auto& each : all) {
    if (each.service != service) end_of_service();
    service = each.service;
    list.push_back(advice(each));
  }
  end_of_service();
  return section("recommendations", "What to do", out);
}

}  // namespace rootseal::report
