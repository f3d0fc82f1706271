#include "report/html.hpp"

#include "report/answers.hpp"
#include "report/report.hpp"

namespace rootseal::report {
namespace {

using record::Record;

struct Part {
  Markup::Literal id;
  const char* title;
  Markup (*render)(const Record& record);
};

// In the order of a reader who decides first and looks up later.
const std::vector<Part>& parts() {
  static const std::vector<Part> all{
      {"risks", "Risks", html_risks},        {"recommendations", "What to do", html_recommendations},
      {"tasks", "What changes", html_tasks}, {"findings", "Findings", html_findings},
      {"checks", "Checks", html_checks},     {"attacks", "Attacks", html_attacks},
      {"surface", "Writable", html_surface}, {"claims", "Claims", html_claims},
      {"cost", "Cost", html_cost},           {"resources", "Resources", html_resources},
      {"limits", "Limits", html_limits},     {"scope", "Scope", html_scope},
      {"repeat", "Repeat", html_repeat}};
  return all;
}

Markup head(const Record& record) {
  return Markup::raw(
             "<head>\n<meta charset=\"utf-8\"/>\n"
             // Should a tag ever get through: nothing is loaded and nothing runs.
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'unsafe-inline'\"/>\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
             "<meta name=\"color-scheme\" content=\"light dark\"/>\n") +
         element("title", Markup::text("rootseal: " + headline(record))) + Markup::raw("\n") + html_style() +
         Markup::raw("</head>\n");
}

}  // namespace

std::string html(const Record& record) {
  Markup links;
  Markup body;
  for (const Part& part : parts()) {
    const Markup inside = part.render(record);
    if (inside.empty()) continue;
    links += element("a", Markup::text(part.title), {{"href", "#" + std::string(part.id.text)}}) +
             Markup::raw(" ");
    body += inside;
  }
  return (Markup::raw("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n") +
          head(record) + Markup::raw("<body>\n") + html_answers(record) +
          element("nav", links, {{"aria-label", "Parts of this page"}}) + Markup::raw("\n") +
          element("main", body) + Markup::raw("\n</body>\n</html>\n"))
      .str();
}

}  // namespace rootseal::report
