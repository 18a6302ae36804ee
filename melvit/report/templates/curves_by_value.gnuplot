{if stacked}
set multiplot layout 2,1
set lmargin 10
{end}
{epoch_axis}
{metric_axis}
set xlabel 'epoch'
set ylabel '{metric}'
{each panels}
set title {title}
{if curves}
set key outside bottom center horizontal Left reverse samplen 1.5 title {parameter}
set rmargin 3
unset colorbox
plot {each curves}csv using 1:($2=={panel} && $3=={place} ? $6 : NaN) {style} linecolor rgb '{colour}' title {label}{,}
{end}
{else}
unset key
set rmargin 13
set colorbox
set cbrange [0:{last}]
set cbtics {tics}
set cblabel {parameter} offset 0.5,0
plot csv using 1:($2=={panel} ? $6 : NaN):3 {style} linecolor palette notitle
{end}
{end}
{if stacked}
unset multiplot
{end}
