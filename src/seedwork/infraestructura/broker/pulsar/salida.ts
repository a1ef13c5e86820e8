import type { Almacen, Tx } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import type { Mensaje } from '../puerto.ts'
import { conocerTopico, dejarPorNumerar, type PorNumerar } from './por_numerar.ts'
import { propiedadesConId } from './recibido.ts'
import type { FilaSalida } from './tablas.ts'
import { agregarASalida, tomarSecuencia } from './tablas_de_salida.ts'

type Partes = Readonly<{
  almacen: Almacen
  entorno: Pick<Entorno, 'reloj'>
  /** Lo que se escribió de un tópico ya es durable. Con número si ya lo tiene. */
  alEscribir: (topico: string, filas: readonly (FilaSalida | PorNumerar)[]) => void
}>

/** Da la función que deja escritos, en la transacción de quien publica, los mensajes que saldrán hacia Pulsar. */
export const escritorDeSalida = ({ almacen, entorno, alEscribir }: Partes) => {
  const dejar = almacen.unaTrasOtra ? numerados : sinNumero()
  return async (tx: Tx, mensajes: readonly Mensaje[]): Promise<void> => {
    if (mensajes.length === 0) return
    const instante = entorno.reloj.ahora()
    const filas = await dejar(
      tx,
      mensajes.map(({ propiedades, ...m }) => ({ ...m, propiedades: propiedadesConId(m.id, propiedades), instante })),
    )
    tx.alConfirmar(() => {
      for (const [topico, suyas] of Map.groupBy(filas, (fila) => fila.topico)) alEscribir(topico, suyas)
    })
  }
}

/** Con un solo escritor, el orden de los commits es el de los números: cada fila toma el suyo ahí mismo. */
const numerados = async (tx: Tx, mensajes: readonly PorNumerar[]): Promise<readonly FilaSalida[]> => {
  const filas: FilaSalida[] = []
  for (const { topico, id, llave, propiedades, datos, instante } of mensajes) {
    const { ultima: secuencia = 0 } = (await tx.una(tomarSecuencia, { topico })) ?? {}
    const fila = { topico, secuencia, id, llave, propiedades, datos, instante }
    tx.escribir(agregarASalida, fila)
    filas.push(fila)
  }
  return filas
}

const sinNumero = () => {
  const conocidos = new Set<string>()
  return async (tx: Tx, mensajes: readonly PorNumerar[]): Promise<readonly PorNumerar[]> => {
    for (const topico of new Set(mensajes.map((mensaje) => mensaje.topico))) {
      if (conocidos.has(topico)) continue
      tx.escribir(conocerTopico, { topico })
      tx.alConfirmar(() => conocidos.add(topico))
    }
    dejarPorNumerar(tx, mensajes)
    return mensajes
  }
}
