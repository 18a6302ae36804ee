set xlabel 'accuracy on the test set'
set yrange [{last}.5:-0.5]
set ytics {tics}
set key outside bottom center horizontal Left reverse
plot {each recipes}csv using (strcol('recipe') eq {name} && strcol('kind') eq 'run' ? column('accuracy') : NaN):'place' with points pointtype 6 pointsize 0.5 linecolor rgb '{colour}' notitle, \
  csv using (strcol('recipe') eq {name} && strcol('kind') eq 'mean' ? column('accuracy') : NaN):'place':'low95':'high95' with xerrorbars pointtype 7 pointsize 0.9 linecolor rgb '{colour}' title {name}{,}
{end}
