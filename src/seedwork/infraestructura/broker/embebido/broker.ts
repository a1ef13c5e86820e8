import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { puntoDeCaida } from '../../almacen/punto_de_caida.ts'
import type { Entorno } from '../../puertos.ts'
import type { Mensaje, MensajeRecibido, Suscripcion } from '../puerto.ts'
import { crearAdministracion } from './administracion.ts'
import { comoApartado, crearApartados, crearLectorDeApartados } from './apartados.ts'
import { leerTopico, posicionInicial } from './lectura.ts'
import type { BrokerEmbebido, ConsumidorRemoto, SuscripcionRemota } from './remoto.ts'
import { borrarVencidos } from './retencion.ts'
import { type Contexto, SuscripcionEmbebida } from './suscripcion.ts'
import * as tablas from './tablas.ts'

const ENTRE_LIMPIEZAS_MS = 10 * 60_000

/**
 * El broker dentro del proceso, sobre el mismo archivo que el dominio: la fila del outbox es la del log. Un proceso por archivo, así que
 * las posiciones se reparten en memoria y lo confirmado se entrega sin releerlo.
 */
export const abrirBrokerEmbebido = async ({
  almacen,
  entorno,
  conservarMs,
  alFallar,
}: {
  almacen: Almacen
  entorno: Entorno
  /** Cuánto se conserva un mensaje que ya nadie espera. */
  conservarMs: number
  alFallar: (error: unknown) => void
}): Promise<BrokerEmbebido> => {
  const { en_outbox, en_suscripciones } = (await almacen.lector.una(tablas.ultimaPosicion, {})) ?? {}
  const ultimaAnterior = Math.max(en_outbox ?? 0, en_suscripciones ?? 0)
  let ultima = ultimaAnterior
  let confirmada = ultimaAnterior
  const suscripciones = new Map<string, SuscripcionEmbebida>()
  const abiertas = new Map<string, Promise<SuscripcionEmbebida>>()
  const cambios = new Map<string, Promise<unknown>>()
  const novedades = new Map<string, PromiseWithResolvers<void>>()

  const recibir = (fila: tablas.FilaOutbox): MensajeRecibido & { numero: number } => ({
    topico: fila.topico,
    id: fila.id,
    llave: fila.llave,
    datos: fila.datos,
    propiedades: JSON.parse(fila.propiedades),
    posicion: `${almacen.epoca}.${fila.posicion}`,
    numero: fila.posicion,
    instante: fila.instante,
  })

  /** Faltan posiciones: se deshicieron, o su COMMIT pareció fallar y sí quedó escrito. Sólo el log lo sabe. */
  const releerTodas = (): void => {
    for (const suscripcion of suscripciones.values()) suscripcion.releer()
  }

  const entregar = (fila: tablas.FilaOutbox, mensaje: Mensaje): void => {
    const recibido = { ...mensaje, posicion: `${almacen.epoca}.${fila.posicion}`, numero: fila.posicion, instante: fila.instante }
    if (fila.posicion !== confirmada + 1) releerTodas()
    confirmada = fila.posicion
    for (const suscripcion of suscripciones.values()) if (suscripcion.topico === fila.topico) suscripcion.entregar(recibido, fila.para)
    novedades.get(fila.topico)?.resolve()
    novedades.delete(fila.topico)
  }

  const escribir = async (tx: Tx, mensaje: Mensaje, para: string | null): Promise<number> => {
    const { topico, id, llave, datos, propiedades } = mensaje
    const fila = {
      posicion: ++ultima,
      topico,
      id,
      llave,
      para,
      propiedades: JSON.stringify(propiedades),
      datos,
      instante: entorno.reloj.ahora(),
    }
    await tx.ejecutar(tablas.agregarAlOutbox, fila)
    tx.alConfirmar(() => entregar(fila, mensaje))
    return fila.posicion
  }

  const publicar = async (tx: Tx, mensajes: readonly Mensaje[]): Promise<void> => {
    puntoDeCaida('outbox.antes_de_escribir')
    for (const mensaje of mensajes) await escribir(tx, mensaje, null)
    puntoDeCaida('outbox.despues_de_escribir')
  }

  const contexto: Contexto = {
    almacen,
    entorno,
    recibir,
    alFallar,
    ultimaAnterior,
    publicarApartado: async (tx, apartado) => {
      const mensaje = comoApartado(apartado)
      await crearLectorDeApartados(tx, mensaje.topico)
      await escribir(tx, mensaje, null)
    },
  }

  const abrirSuscripcion = async ({ topico, nombre, tipo, inicio, remota }: SuscripcionRemota): Promise<SuscripcionEmbebida> =>
    almacen.ejecutar(async (tx) => {
      const llave = llaveDe({ topico, nombre })
      const hasta = (await tx.una(tablas.leerSuscripcion, { topico, nombre }))?.hasta
      const donde = hasta ?? (await posicionInicial({ epoca: almacen.epoca, lector: tx }, { topico, inicio, ultima }))
      const nueva = await SuscripcionEmbebida.abrir(tx, contexto, { topico, nombre, tipo, ...(remota && { remota }) }, donde)
      tx.alConfirmar(() => suscripciones.set(llave, nueva))
      return nueva
    })

  const abrirUnaVez = (suscripcion: SuscripcionRemota): Promise<SuscripcionEmbebida> => {
    const llave = llaveDe(suscripcion)
    const cambio = cambios.get(llave)
    const abierta = abiertas.get(llave) ?? cambio?.then(() => abrirSuscripcion(suscripcion)) ?? abrirSuscripcion(suscripcion)
    abiertas.set(llave, abierta)
    abierta.catch(() => abiertas.delete(llave))
    return abierta
  }

  const suscribir = async (suscripcion: SuscripcionRemota): Promise<ConsumidorRemoto> => {
    const abierta = await abrirUnaVez(suscripcion)
    if (abierta.tipo !== suscripcion.tipo) throw new Error(`La suscripción ${abierta.nombre} es ${abierta.tipo}, no ${suscripcion.tipo}.`)
    return abierta.unir(suscripcion)
  }

  /** Quien se suscriba mientras `cambio` corre espera a que termine. */
  const sinNadie = async <T>(cual: Pick<Suscripcion, 'topico' | 'nombre'>, cambio: () => Promise<T>): Promise<T> => {
    const llave = llaveDe(cual)
    const [anterior, enCurso] = [abiertas.get(llave), cambios.get(llave)]
    const corriendo = (async () => {
      await enCurso
      const abierta = await anterior?.catch(() => undefined)
      await abierta?.cerrar()
      suscripciones.delete(llave)
      return cambio()
    })()
    abiertas.delete(llave)
    const terminado = corriendo.then(
      () => {},
      () => {},
    )
    cambios.set(llave, terminado)
    void terminado.then(() => cambios.get(llave) === terminado && cambios.delete(llave))
    return corriendo
  }

  const novedad = (topico: string): Promise<void> => {
    const espera = novedades.get(topico) ?? Promise.withResolvers<void>()
    novedades.set(topico, espera)
    return espera.promise
  }

  const limpiar = () => {
    borrarVencidos(almacen, entorno.reloj.ahora() - conservarMs).catch(alFallar)
    limpieza = entorno.planificador.tras(ENTRE_LIMPIEZAS_MS, limpiar)
  }
  let limpieza = entorno.planificador.tras(ENTRE_LIMPIEZAS_MS, limpiar)

  return {
    publicar,
    suscribir,
    suscribirRemoto: suscribir,
    publicarUno: (tx, mensaje) => escribir(tx, mensaje, null),
    epoca: almacen.epoca,
    ...crearAdministracion({ almacen, ultima: () => ultima, abierta: (cual) => suscripciones.get(llaveDe(cual)), sinNadie }),
    leer: (lectura) => leerTopico({ almacen, recibir, ultima: () => ultima, novedad }, lectura),
    atrasos: () => [...suscripciones.values()].map((suscripcion) => suscripcion.atraso()),
    apartados: crearApartados({ almacen, recibir, publicar: escribir }),
    cerrar: async () => {
      limpieza.cancelar()
      await Promise.allSettled(abiertas.values())
      await Promise.all([...suscripciones.values()].map((suscripcion) => suscripcion.cerrar()))
    },
  }
}

const llaveDe = ({ topico, nombre }: Pick<Suscripcion, 'topico' | 'nombre'>): string => JSON.stringify([topico, nombre])
