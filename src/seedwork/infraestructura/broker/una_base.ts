import type { Almacen } from '../almacen/puerto.ts'
import { guardarValor, leerValor } from '../almacen/tablas.ts'
import { Remediable } from '../proceso/remediable.ts'

/**
 * Ata la base al broker hacia donde sale lo que se publica en ella: la primera vez lo anota, y después rechaza otro. Dos procesos que
 * sacaran mensajes de la misma base hacia brokers distintos los repartirían entre los dos, y cada uno perdería la mitad.
 */
export const unaBaseUnBroker = async (almacen: Almacen, broker: string): Promise<void> => {
  const suyo = await almacen.ejecutar(async (tx) => {
    const previo = (await tx.una(leerValor, { llave: 'broker' }))?.valor
    if (previo === undefined) await tx.ejecutar(guardarValor, { llave: 'broker', valor: broker })
    return previo ?? broker
  })
  if (suyo !== broker)
    throw new Remediable(
      `Los mensajes de esta base salen por otro broker («${suyo}»; éste es «${broker}»). Con BROKER=embebido una base es de un solo proceso y de su carpeta de datos: usa la carpeta de siempre, o Pulsar para tener varios. Para mudarla de broker mira docs/operacion.md.`,
    )
}
