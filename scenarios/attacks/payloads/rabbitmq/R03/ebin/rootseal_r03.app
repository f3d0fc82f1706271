{application, rootseal_r03,
 [{description, "rootseal R03: a plugin without code"},
  {vsn, "1.0.0"},
  {modules, []},
  {registered, []},
  {applications, [kernel, stdlib, rabbit]}]}.
