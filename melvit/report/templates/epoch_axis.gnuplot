{if step}
set xrange [1:{epochs}]
set xtics {step}
{else}
set xrange [0.5:1.5]
set xtics 1,1,1
{end}
