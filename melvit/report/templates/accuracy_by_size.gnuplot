set xlabel 'tracks to train on'
set ylabel 'accuracy on the test set'
set xrange [0:*]
set key outside bottom center horizontal Left reverse
plot {each curves}csv using (column('line') == {line} ? column('train') : NaN):'accuracy':'low95':'high95' with yerrorlines linecolor rgb '{colour}' dashtype {dash} pointtype {point} title {title}{,}
{end}
