import { useEffect, useRef, useState } from 'preact/hooks'
import { cancelar, cotizarCancelacion, obtenerOperacion, obtenerReserva, Problema, pagar } from '../api.ts'
import { dinero, nombreDelViaje } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Fallo } from '../partes/avisos.tsx'
import { LineaDeTiempo } from '../partes/linea_de_tiempo.tsx'
import { Aerolineas, Trayecto } from '../partes/trayecto.tsx'
import { llaveDe, olvidarLlave } from '../pedido.ts'
import { Enlace, irA } from '../ruta.tsx'
import type { Cotizacion, Paso, Reserva } from '../tipos.ts'
import { leerViaje, OFERTA_VIEJA } from '../viaje.ts'
import { escuchar } from '../vivo.ts'

type Vista = Readonly<{ reserva?: Reserva; problema?: Problema; conectada: boolean }>

const POR_EMPEZAR: readonly Paso[] = [
  { paso: 'recibida', estado: 'hecho', fecha: null, detalle: null },
  { paso: 'reservada', estado: 'ahora', fecha: null, detalle: null },
  { paso: 'aprobada', estado: 'por_venir', fecha: null, detalle: null },
  { paso: 'pagada', estado: 'por_venir', fecha: null, detalle: null },
]

/** La reserva y lo que le va pasando. Se actualiza sola; recargar o perder la conexión no pierde ni repite nada. */
export const PaginaReserva = ({ id, operacion }: { id: string; operacion: string | null }) => {
  const { t } = useIdioma()
  const { reserva, problema, conectada, releer } = useReservaViva(id, operacion)
  const anuncio = reserva ? `${t.tuReserva}: ${t.estados[reserva.estado]}` : ''
  if (problema)
    return (
      <div class="ancho">
        <h1>{t.tuReserva}</h1>
        <Fallo
          problema={operacion === null && problema.estado === 404 ? new Problema(404, { detail: t.noExiste }) : problema}
          consecuencia={operacion === null ? '' : t.noSeReservo}
          repetir={problema.estado === 0 ? releer : undefined}
        >
          {operacion !== null && OFERTA_VIEJA.includes(problema.codigo) && leerViaje() !== undefined && (
            <Enlace a="/reservar?cambio" clase="principal">
              {t.verPrecioDeAhora}
            </Enlace>
          )}
          <Enlace a={operacion === null ? '/mis-reservas' : '/'} clase="secundario">
            {operacion === null ? t.misReservas : t.buscarVuelos}
          </Enlace>
        </Fallo>
      </div>
    )
  return (
    <div class="ancho">
      <div class="titulo">
        <h1>{t.tuReserva}</h1>
        <span class={conectada ? 'vivo' : 'vivo perdido'} role="status">
          {conectada ? t.enVivo : t.reconectando}
        </span>
      </div>
      <p class="oculto" role="status">
        {anuncio}
      </p>
      <article class="tarjeta pase">
        <div class="cuerpo">
          {reserva && (
            <div class="de-quien">
              <span class={`estado ${reserva.estado.toLowerCase()}`}>{t.estados[reserva.estado]}</span>
              <h2>{nombreDelViaje(reserva.itinerarios.flatMap(({ odos }) => odos))}</h2>
            </div>
          )}
          {reserva?.itinerarios
            .flatMap(({ odos }) => odos)
            .map((odo, i) => (
              <Trayecto key={i} odo={odo} conDia />
            ))}
          <LineaDeTiempo pasos={reserva?.linea_de_tiempo ?? POR_EMPEZAR} />
        </div>
        <Talon reserva={reserva} id={id} alCambiar={releer} />
      </article>
    </div>
  )
}

const Talon = ({ reserva, id, alCambiar }: { reserva: Reserva | undefined; id: string; alCambiar: () => void }) => {
  const { t, idioma } = useIdioma()
  const [haciendo, hacer] = useState<'pagar' | 'cancelar'>()
  const [cotizacion, cotizar] = useState<Cotizacion>()
  const [problema, fallarAqui] = useState<Problema>()
  const confirmacion = useRef<HTMLDivElement>(null)
  useEffect(() => confirmacion.current?.focus(), [cotizacion])
  useEffect(() => hacer(undefined), [reserva?.estado])
  const acciones = reserva?.acciones_disponibles ?? []

  const pedir = async (accion: 'pagar' | 'cancelar') => {
    if (haciendo !== undefined) return
    hacer(accion)
    fallarAqui(undefined)
    const intencion = `${accion}:${id}:${reserva?.estado}`
    try {
      const { id_operacion } = await (accion === 'pagar' ? pagar : cancelar)(id, llaveDe(intencion))
      cotizar(undefined)
      await seguir(id_operacion)
      alCambiar()
    } catch (error) {
      fallarAqui(error instanceof Problema ? error : new Problema(0, {}))
      olvidarLlave(intencion)
    } finally {
      hacer(undefined)
    }
  }
  const abrirCancelacion = () =>
    cotizarCancelacion(id).then(cotizar, (error: unknown) => fallarAqui(error instanceof Problema ? error : new Problema(0, {})))

  return (
    <aside class="talon">
      {reserva === undefined && <p class="quieto">{t.localizadorLuego}</p>}
      {reserva?.localizador && (
        <div>
          <span class="quieto">{t.localizador}</span>
          <strong class="localizador">{reserva.localizador}</strong>
        </div>
      )}
      {reserva && (
        <ul class="gente">
          {reserva.pasajeros.map(({ nombre, apellido, tipo }, i) => (
            <li key={i}>{[nombre, apellido].filter(Boolean).join(' ') || t.tipos[tipo]}</li>
          ))}
        </ul>
      )}
      {reserva && <Aerolineas odos={reserva.itinerarios.flatMap(({ odos }) => odos)} />}
      {reserva?.precio && (
        <p class="monto">
          {dinero(reserva.precio.total, reserva.precio.moneda, idioma)} <small>{reserva.precio.moneda}</small>
        </p>
      )}
      {reserva && <QuePasaConElDinero reserva={reserva} />}
      {problema && <Fallo problema={problema} />}
      {acciones.includes('pagar') && !cotizacion && (
        <button type="button" class="principal" aria-disabled={haciendo !== undefined} onClick={() => pedir('pagar')}>
          {haciendo === 'pagar' ? t.pagando : t.pagar}
        </button>
      )}
      {cotizacion ? (
        <div class="confirmar" role="group" aria-label={t.cancelarSeguro} tabIndex={-1} ref={confirmacion}>
          <strong>{t.cancelarSeguro}</strong>
          <p>{consecuenciaDe(cotizacion, t, (total, moneda) => dinero(total, moneda, idioma))}</p>
          <button type="button" class="peligro" aria-disabled={haciendo !== undefined} onClick={() => pedir('cancelar')}>
            {haciendo === 'cancelar' ? t.cancelando : t.siCancelar}
          </button>
          <button type="button" class="enlace" onClick={() => cotizar(undefined)}>
            {t.noCancelar}
          </button>
        </div>
      ) : (
        acciones.includes('cancelar') && (
          <button type="button" class="enlace" onClick={abrirCancelacion}>
            {t.cancelar}
          </button>
        )
      )}
      {reserva?.estado === 'CANCELADA' && (
        <Enlace a="/" clase="secundario">
          {t.buscarVuelos}
        </Enlace>
      )}
      {reserva?.estado === 'PAGADA' && (
        <button type="button" class="enlace" onClick={() => print()}>
          {t.imprimir}
        </button>
      )}
    </aside>
  )
}

/** Qué vuelve y qué se pierde al cancelar: de lo que no se pagó, nada; de lo pagado, lo que digan sus condiciones. */
const consecuenciaDe = (
  { reembolso, penalidad }: Cotizacion,
  t: ReturnType<typeof useIdioma>['t'],
  escribir: (total: number, moneda: string) => string,
): string => {
  if (reembolso.total === 0)
    return penalidad.total === 0 ? t.noHayDevolucion : t.nadaSeDevuelve(escribir(penalidad.total, penalidad.moneda))
  const devuelto = t.teDevolvemos(escribir(reembolso.total, reembolso.moneda))
  return penalidad.total === 0 ? devuelto : `${devuelto} ${t.sePierde(escribir(penalidad.total, penalidad.moneda))}`
}

const QuePasaConElDinero = ({ reserva: { estado, condiciones, linea_de_tiempo = [] } }: { reserva: Reserva }) => {
  const { t } = useIdioma()
  if (!condiciones) return null
  const pago = linea_de_tiempo.some(({ paso, estado: como }) => paso === 'pagada' && como === 'hecho')
  if (estado === 'CANCELADA') return <p class="quieto">{pago ? t.devolucionEnCurso : t.noSeCobro}</p>
  return <p class="quieto">{estado === 'PENDIENTE' ? t.todaviaNoPagas : t.reembolso(condiciones.reembolso_porcentaje)}</p>
}

/** Espera a que la operación termine; lanza el problema con que terminó, si terminó mal. */
const seguir = async (id: string): Promise<void> => {
  for (;;) {
    const operacion = await obtenerOperacion(id)
    if (operacion.estado === 'completada') return
    if (operacion.estado === 'fallida')
      throw new Problema(400, { codigo: operacion.error?.codigo ?? '', detail: operacion.error?.detail ?? '', instance: operacion.id })
    await new Promise((seguirDespues) => setTimeout(seguirDespues, 300))
  }
}

const useReservaViva = (id: string, operacion: string | null) => {
  const [vista, poner] = useState<Vista>({ conectada: true })
  const ultima = useRef(0)

  const fallar = (problema: Problema) => poner((anterior) => ({ ...anterior, problema }))
  const releer = () => {
    const vez = ++ultima.current
    leer(id, operacion).then(
      (reserva) => {
        if (vez !== ultima.current) return
        poner((anterior) => ({ conectada: anterior.conectada, ...(reserva !== undefined && { reserva }) }))
        if (reserva !== undefined && operacion !== null) irA(`/reserva/${id}`, { reemplazar: true })
      },
      (error: unknown) => {
        const problema = error instanceof Problema ? error : new Problema(0, {})
        if (vez !== ultima.current) return
        if (problema.estado === 0 || problema.estado >= 500) setTimeout(() => vez === ultima.current && releer(), 2_000)
        else fallar(problema)
      },
    )
  }

  useEffect(() => {
    releer()
    const callar = escuchar([id], {
      alHecho: ({ data, operacion: terminada }) => {
        if (data.id_reserva === id || terminada?.id_operacion === operacion) releer()
      },
      alReiniciar: releer,
      alConectar: (conectada) => {
        poner((anterior) => ({ ...anterior, conectada }))
        if (conectada) releer()
      },
    })
    // Lo que se estaba leyendo ya no es de esta pantalla: ni la repite ni trae de vuelta a quien se fue.
    return () => {
      ultima.current++
      callar()
    }
  }, [id, operacion])
  return { ...vista, releer }
}

/** La reserva; `undefined` mientras su operación siga abierta. Lanza el problema con que la operación fracasó. */
const leer = async (id: string, operacion: string | null): Promise<Reserva | undefined> => {
  if (operacion === null) return obtenerReserva(id)
  const { estado, error } = await obtenerOperacion(operacion)
  if (estado === 'fallida') throw new Problema(400, { codigo: error?.codigo ?? '', detail: error?.detail ?? '', instance: operacion })
  if (estado !== 'completada') return undefined
  return obtenerReserva(id)
}
