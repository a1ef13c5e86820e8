import type { Almacen } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import { crearAbiertas } from './abiertas.ts'
import { crearAdministracion } from './administracion.ts'
import { comoApartado, crearApartados, crearLectorDeApartados } from './apartados.ts'
import { leerTopico } from './lectura.ts'
import { abrirLog } from './log.ts'
import type { BrokerEmbebido } from './remoto.ts'
import { borrarVencidos } from './retencion.ts'
import type { Contexto } from './suscripcion.ts'
import * as tablas from './tablas.ts'

const ENTRE_LIMPIEZAS_MS = 10 * 60_000

type Partes = Readonly<{
  almacen: Almacen
  entorno: Entorno
  /** Cuánto se conserva un mensaje que ya nadie espera. */
  conservarMs: number
  alFallar: (error: unknown) => void
}>

/**
 * El broker dentro del proceso, sobre el mismo archivo que el dominio: la fila del outbox es la del log. Un proceso por archivo, así que
 * las posiciones se reparten en memoria y lo confirmado se entrega sin releerlo.
 */
export const abrirBrokerEmbebido = async ({ almacen, entorno, conservarMs, alFallar }: Partes): Promise<BrokerEmbebido> => {
  const { en_outbox, en_suscripciones } = (await almacen.lector.una(tablas.ultimaPosicion, {})) ?? {}
  const ultimaAnterior = Math.max(en_outbox ?? 0, en_suscripciones ?? 0)
  const log = abrirLog({ almacen, entorno, ultimaAnterior, lectoras: () => abiertas.todas() })
  const { recibir, ultima, novedad } = log
  const publicarApartado: Contexto['publicarApartado'] = async (tx, apartado) => {
    const mensaje = comoApartado(apartado)
    await crearLectorDeApartados(tx, mensaje.topico)
    await log.escribir(tx, mensaje, null)
  }
  const abiertas = crearAbiertas({ almacen, entorno, recibir, alFallar, ultimaAnterior, publicarApartado }, ultima)
  const limpieza = limpiarCadaTanto({ almacen, entorno, conservarMs, alFallar })
  return {
    publicar: log.publicar,
    publicarUno: (tx, mensaje) => log.escribir(tx, mensaje, null),
    suscribir: abiertas.suscribir,
    suscribirRemoto: abiertas.suscribir,
    epoca: almacen.epoca,
    ...crearAdministracion({ almacen, ultima, abierta: abiertas.buscar, sinNadie: abiertas.sinNadie }),
    leer: (lectura) => leerTopico({ almacen, recibir, ultima, novedad }, lectura),
    atrasos: () => [...abiertas.todas()].map((suscripcion) => suscripcion.atraso()),
    apartados: crearApartados({ almacen, recibir, publicar: log.escribir }),
    cerrar: async () => {
      limpieza.cancelar()
      await abiertas.cerrar()
      log.cerrar()
    },
  }
}

const limpiarCadaTanto = ({ almacen, entorno: { reloj, planificador }, conservarMs, alFallar }: Partes) => {
  const limpiar = () => {
    borrarVencidos(almacen, reloj.ahora() - conservarMs).catch(alFallar)
    siguiente = planificador.tras(ENTRE_LIMPIEZAS_MS, limpiar)
  }
  let siguiente = planificador.tras(ENTRE_LIMPIEZAS_MS, limpiar)
  return { cancelar: () => siguiente.cancelar() }
}
