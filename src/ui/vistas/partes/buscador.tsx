import { useEffect, useRef, useState } from 'preact/hooks'
import { type Campo, type Criterios, escribirCriterios, faltantes, leerCriterios } from '../criterios.ts'
import { useIdioma } from '../idioma.tsx'
import { irA } from '../ruta.tsx'
import { CampoAeropuerto } from './combobox.tsx'
import { CampoFecha } from './fecha.tsx'
import { CampoViajeros } from './viajeros.tsx'

const TIPOS = ['regreso', 'ida', 'abierto'] as const

const hoy = (): string => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)

/** Los criterios se editan aquí y viven en la dirección. Un viaje abierto vuelve de otra ciudad, o a otra. */
export const Buscador = ({ criterios: url }: { criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  const [criterios, poner] = useState(() => leerCriterios(url))
  const [revisar, ponerRevisar] = useState(false)
  const formulario = useRef<HTMLFormElement>(null)
  useEffect(() => poner(leerCriterios(url)), [url])
  const cambiar = (cambio: Partial<Criterios>) => poner((antes) => ({ ...antes, ...cambio }))
  const faltan = faltantes(criterios)
  const { tipo } = criterios

  const buscar = (evento: SubmitEvent) => {
    evento.preventDefault()
    ponerRevisar(true)
    const [primero] = faltan
    if (primero !== undefined) return formulario.current?.querySelector<HTMLElement>(`[name=${primero}]`)?.focus()
    const nueva = escribirCriterios(criterios)
    const orden = url.get('orden')
    if (orden) nueva.set('orden', orden)
    irA(`/buscar?${nueva}`)
  }

  /** Al abrir el viaje, el segundo tramo empieza siendo la vuelta: se cambia lo que haga falta. */
  const elegirTipo = (nuevo: Criterios['tipo']) => {
    const { origen, destino, origen_regreso, destino_regreso } = criterios
    cambiar({ tipo: nuevo, origen_regreso: origen_regreso || destino, destino_regreso: destino_regreso || origen })
  }

  const aeropuerto = (campo: 'origen' | 'destino' | 'origen_regreso' | 'destino_regreso', etiqueta: string) => (
    <CampoAeropuerto
      nombre={campo}
      etiqueta={etiqueta}
      codigo={criterios[campo]}
      alElegir={(codigo) => cambiar({ [campo]: codigo })}
      error={revisar && faltan.includes(campo) ? t.elige : undefined}
    />
  )
  const fecha = (campo: 'fecha' | 'regreso', etiqueta: string, error: string) => (
    <CampoFecha
      nombre={campo}
      etiqueta={etiqueta}
      valor={criterios[campo]}
      desde={campo === 'regreso' && criterios.fecha ? criterios.fecha : hoy()}
      alElegir={(valor) => cambiar({ [campo]: valor })}
      error={revisar && faltan.includes(campo as Campo) ? error : undefined}
    />
  )

  return (
    <form class={`buscador tarjeta ${tipo}`} ref={formulario} onSubmit={buscar} noValidate role="search" aria-label={t.buscar}>
      <fieldset class="tipos">
        <legend class="oculto">{t.tipoDeViaje}</legend>
        {TIPOS.map((uno) => (
          <label key={uno}>
            <input type="radio" name="tipo" value={uno} checked={uno === tipo} onChange={() => elegirTipo(uno)} />
            {t.viaje[uno]}
          </label>
        ))}
      </fieldset>
      <div class="tramo">
        {aeropuerto('origen', t.origen)}
        <button
          type="button"
          class="invertir"
          aria-label={t.invertir}
          onClick={() => cambiar({ origen: criterios.destino, destino: criterios.origen })}
        >
          <span aria-hidden="true">⇄</span>
        </button>
        {aeropuerto('destino', t.destino)}
        {fecha('fecha', t.ida, t.eligeFecha)}
        {tipo === 'regreso' && fecha('regreso', t.regreso, t.eligeRegreso)}
      </div>
      {tipo === 'abierto' && (
        <fieldset class="tramo segundo">
          <legend class="oculto">{t.segundoTramo}</legend>
          {aeropuerto('origen_regreso', t.origenRegreso)}
          {aeropuerto('destino_regreso', t.destinoRegreso)}
          {fecha('regreso', t.regreso, t.eligeRegreso)}
        </fieldset>
      )}
      <CampoViajeros eleccion={criterios} alElegir={cambiar} />
      <button class="principal" type="submit">
        {t.buscar}
      </button>
    </form>
  )
}
