import { ErrorDominio } from '../../../dominio/errores.ts'
import type { Almacen } from '../../almacen/puerto.ts'
import type { Inicio, Lectura, MensajeRecibido } from '../puerto.ts'
import * as tablas from './tablas.ts'

const PAGINA = 200

type Contexto = Readonly<{
  almacen: Almacen
  recibir: (fila: tablas.Publicado) => MensajeRecibido
  ultima: () => number
  novedad: (topico: string) => Promise<void>
}>

/** Lee el log por páginas desde `desde`; al llegar al final espera la siguiente publicación. No retiene filas ni conexiones entre páginas. */
export async function* leerTopico(
  { almacen, recibir, ultima, novedad }: Contexto,
  { topico, desde, senal }: Lectura,
): AsyncIterable<MensajeRecibido> {
  let despertar = (): void => {}
  const alAbortar = (): void => despertar()
  senal.addEventListener('abort', alAbortar)
  try {
    let posicion = await posicionInicial(almacen, { topico, inicio: desde, ultima: ultima() })
    while (!senal.aborted) {
      const hayMas = novedad(topico)
      const pagina = await leerPagina(almacen, topico, posicion)
      for (const leida of pagina) {
        if (senal.aborted) return
        const fila = tablas.sumaDelLog.exigir(leida)
        posicion = fila.posicion
        if (fila.para === null) yield recibir(fila)
      }
      if (pagina.length === PAGINA || senal.aborted) continue
      // Un `Promise.race` con el aborto le dejaría a su promesa, que dura lo que el lector, una reacción por cada espera.
      const espera = Promise.withResolvers<void>()
      despertar = espera.resolve
      void hayMas.then(espera.resolve)
      await espera.promise
    }
  } finally {
    senal.removeEventListener('abort', alAbortar)
  }
}

/** La página que sigue a `desde`. Un lector tan lento que la retención lo alcanzó no salta lo que ya no está: se le dice. */
const leerPagina = async ({ epoca, lector }: Almacen, topico: string, desde: number): Promise<tablas.FilaOutbox[]> => {
  const [borrado, pagina] = await Promise.all([
    lector.una(tablas.leerBorrado, { topico }),
    lector.todas(tablas.leerPagina, { topico, desde, maximo: PAGINA }),
  ])
  if (borrado !== undefined && borrado.hasta > desde) throw posicionPerdida(`${epoca}.${desde}`)
  return pagina
}

/** La posición tras la que se empieza. `posicion_perdida` si es de otra historia del almacén o ya no se conserva lo que le sigue. */
export const posicionInicial = async (
  { epoca, lector }: Pick<Almacen, 'epoca' | 'lector'>,
  { topico, inicio, ultima }: { topico: string; inicio: Inicio; ultima: number },
): Promise<number> => {
  const borradoHasta = (await lector.una(tablas.leerBorrado, { topico }))?.hasta ?? 0
  if (inicio === 'primero') return borradoHasta
  if (inicio !== 'ultimo' && 'posicion' in inicio) {
    const [deEpoca, numero] = inicio.posicion.split('.')
    const posicion = Number(numero)
    const vale = deEpoca === epoca && Number.isSafeInteger(posicion) && posicion >= borradoHasta && posicion <= ultima
    if (!vale) throw posicionPerdida(inicio.posicion)
    return posicion
  }
  const primera = inicio === 'ultimo' ? undefined : await lector.una(tablas.primeraDesdeInstante, { topico, instante: inicio.instante })
  if (primera !== undefined) return primera.posicion - 1
  // Tras la última confirmada: la última repartida puede ser de una unidad abierta, que sí hay que entregar.
  return (await lector.una(tablas.ultimaDelTopico, { topico }))?.posicion ?? 0
}

const posicionPerdida = (posicion: string): ErrorDominio =>
  new ErrorDominio({
    codigo: 'posicion_perdida',
    clase: 'conflicto',
    texto: {
      es: `La posición «${posicion}» ya no se conserva o es de otra historia de los datos: hay que empezar de nuevo.`,
      en: `Position "${posicion}" is no longer kept or belongs to another history of the data: start over.`,
    },
  })
