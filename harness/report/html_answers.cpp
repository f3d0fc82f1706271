#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/decision.hpp"
#include "report/html.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;

Mood mood_of_standing(Standing standing) {
  switch (standing) {
    case Standing::shown:
    case Standing::in_part:  // nothing speaks against it; the words say how far that goes
      return Mood::good;
    case Standing::refuted:
      return Mood::bad;
    case Standing::open:
      return Mood::open;
    case Standing::untried:
      break;
  }
  return Mood::quiet;
}

const char* word_of(Standing standing, bool cost) {
  switch (standing) {
    case Standing::shown:
      return cost ? "within the margins" : "yes";
    case Standing::refuted:
      return cost ? "too much" : "no";
    case Standing::open:
      return "open";
    case Standing::in_part:
      return "no slowdown in what is judged";
    case Standing::untried:
      break;
  }
  return "not established";
}

// "can write" reads the other way round: good news is that what must be blocked is.
std::string word_of(const Answer& answer, std::size_t number) {
  if (number != 2) return word_of(answer.standing, number == 3);
  if (answer.standing == Standing::shown) return answer.word;
  if (answer.standing == Standing::refuted) return "more than it may";
  return word_of(answer.standing, false);
}

Markup answer_text(const Answer& answer, std::size_t number) {
  Markup out = element("dt", Markup::text(answer.question));
  Markup text =
      badge(mood_of_standing(answer.standing), word_of(answer, number)) + Markup::text(": " + answer.text);
  if (!answer.control.empty())
    text += element("span", Markup::text("on the control: " + answer.control), {{"class", "control"}});
  return out + element("dd", text) + Markup::raw("\n");
}

constexpr const char* kMoods[] = {"good", "good", "quiet", "open", "bad"};  // by Standing

// A sentence in the colour of what it says; a badge is one word and does not break.
Markup badge_of(Standing standing, const Markup& words) {
  return element("span", words,
                 {{"class", std::string("words ") + kMoods[static_cast<std::size_t>(standing)]}});
}

Markup link_to_risks(const std::string& words) {
  return element("a", Markup::text(words), {{"href", "#risks"}});
}

// What the evidence supports; the number of risks leads to them.
Markup conclusion(const Decision& decision) {
  const std::string words = sentence(decision.words) + ".";
  const std::string risks = risks_in_words(decision.residual);
  const std::size_t at = decision.residual == 0 ? std::string::npos : words.rfind(risks);
  if (at != std::string::npos)
    return paragraph(badge_of(decision.standing, Markup::text(words.substr(0, at)) + link_to_risks(risks) +
                                                     Markup::text(words.substr(at + risks.size()))));
  Markup out = paragraph(badge_of(decision.standing, Markup::text(words)));
  if (decision.residual > 0) out += paragraph(link_to_risks(risks));
  return out;
}

Markup card(const Decision& decision) {
  Markup inside = element("h3", Markup::text(decision.profile));
  inside += conclusion(decision);
  Markup list;
  for (std::size_t i = 0; i < decision.answers.size(); ++i) list += answer_text(decision.answers[i], i);
  inside += element("dl", list);
  std::vector<Markup> why;
  for (const auto& text : decision.why) why.push_back(Markup::text(sentence(text), 700));
  if (!why.empty()) inside += details(Markup::text("Why"), items(why), decision.standing >= Standing::open);
  return element("article", inside,
                 {{"class", std::string("card ") + kMoods[static_cast<std::size_t>(decision.standing)]}}) +
         Markup::raw("\n");
}

Markup in_short(const Answer& answer, std::size_t number) {
  Markup text = badge(mood_of_standing(answer.standing), word_of(answer, number));
  if (!answer.note.empty())
    text += element("span", Markup::text(answer.note),
                    {{"class", number == 2 && answer.standing == Standing::shown ? "where" : "note"}});
  return text;
}

// Every candidate in a line: what a reader with one minute takes away.
Markup glance(const std::vector<Decision>& all) {
  std::vector<CellRow> rows;
  for (const auto& decision : all) {
    CellRow row{{element("strong", Markup::text(decision.stack)) + conclusion(decision)}};
    for (std::size_t i = 0; i < decision.answers.size(); ++i)
      row.push_back({in_short(decision.answers[i], i)});
    rows.push_back(std::move(row));
  }
  // The style sheet has the headings once more, for pages too narrow for five columns.
  return element("div",
                 cells("At a glance",
                       heads({"candidate, and what the evidence supports", "works", "recovers",
                              "an attacker can write", "cost"}),
                       rows),
                 {{"class", "glance"}});
}

// The control and the specimens: what the candidates are held against, and what is shown as a warning.
Markup others(const ServerAnswers& server) {
  std::vector<CellRow> rows;
  for (const auto& each : server.profiles) {
    if (each.role == "candidate") continue;
    rows.push_back({{Markup::text(fmt::format("{} ({})", each.profile, each.role))},
                    {Markup::text(each.works)},
                    {Markup::text(each.recovers)},
                    {Markup::text(each.attacks)},
                    {Markup::text(each.writable)}});
  }
  return cells(
      "Beside them: the control that they are compared with, and specimens, whose failures are findings",
      heads({"profile", "works", "recovers", "attacks", "who can write where"}), rows);
}

Markup one_server(const ServerAnswers& server, const std::vector<Decision>& all) {
  Markup cards;
  for (const auto& decision : all) {
    if (server_of(decision.stack) == server.server) cards += card(decision);
  }
  Markup out = element("h2", Markup::text(server.server)) +
               element("p", code(server.image.reference) + Markup::text(", " + origin(server.image)),
                       {{"class", "quiet"}});
  if (cards.empty())
    cards = paragraph(Markup::text("No candidate was tried: this run has nothing to recommend."));
  return element("section", out + element("div", cards, {{"class", "cards"}}) + others(server)) +
         Markup::raw("\n");
}

// What limits a pass is not in the colour of a pass.
Markup first_line(Mood mood, const std::string& headline) {
  const std::size_t at = std::min(headline.find("; "), headline.size());
  Markup out = badge(mood, headline.substr(0, at));
  if (at < headline.size())
    out += element("span", Markup::text(headline.substr(at)), {{"class", "words open"}});
  return out + Markup::text(at < headline.size() ? "." : "");
}

Markup reasons(const record::Run& run) {
  std::vector<Markup> all;
  for (const auto& fault : run.faults) all.push_back(badge(Mood::bad, "fault") + Markup::text(" " + fault));
  for (const auto& reason : run.reasons) all.push_back(Markup::text(sentence(one_line(reason, 600)), 700));
  if (all.empty()) return {};
  return details(Markup::text(plural(all.size(), "reason", "reasons") + " for this verdict"), items(all),
                 all.size() <= 3);
}

// What a reader has to know before believing any of it; the rest stands under "On what this rests".
Markup scope_in_short(const Record& record) {
  std::size_t here = 0;
  const auto servers = answers(record);
  for (const auto& server : servers) here += server.image.built_here ? 1 : 0;
  const std::string images = here == servers.size() ? "built here from packages, not the official ones"
                             : here == 0            ? "given or official"
                                                    : "in part built here (see each)";
  const auto& env = record.environment;
  std::string text = fmt::format(
      "This holds for these images ({}), kernel {}, Docker {}, security options {}. A crash is a killed "
      "process "
      "(SIGKILL), not a power loss. Size of the run: {}.",
      images, env.kernel, env.docker, env.lsm.empty() ? "none" : fmt::format("{}", fmt::join(env.lsm, ", ")),
      record.run.size);
  if (!record.skipped.empty())
    text += " " + plural(record.skipped.size(), "thing was", "things were") + " skipped";
  Markup out = Markup::text(text);
  if (!record.skipped.empty()) out += Markup::raw(", <a href=\"#scope\">with the reason</a>.");
  return element("p", out, {{"class", "scope"}});
}

}  // namespace

Markup html_answers(const Record& record) {
  const auto& run = record.run;
  const auto took = seconds_between(run.started, run.finished);
  const Mood mood = run.verdict == record::RunVerdict::pass           ? Mood::good
                    : run.verdict == record::RunVerdict::inconclusive ? Mood::open
                                                                      : Mood::bad;
  Markup out = element("h1", Markup::text("rootseal: what a read-only root does")) +
               element("p", first_line(mood, headline(record)) + Markup::text(" " + verdict_in_words(record)),
                       {{"class", "verdict"}}) +
               element("p",
                       Markup::text(fmt::format("Run {}, started {}{}.", run.id, run.started,
                                                took ? ", took " + duration(*took) : ", did not end")),
                       {{"class", "quiet"}}) +
               scope_in_short(record) + reasons(run);
  const auto all = decisions(record);
  out += glance(all);
  for (const auto& server : answers(record)) out += one_server(server, all);
  return element("header", out) + Markup::raw("\n");
}

}  // namespace rootseal::report
